/** Programs whose options are the parameters of a function: typer, and fire. */
import { decoratedFunctions, isBystander } from './decorators.ts';
import { importsOf, usesOf } from './imports.ts';
import { literalText } from './literals.ts';
import { keywordsOf, keywordText, OptionList, type Keywords } from './option-list.ts';
import type { FoundOptions, OptionType } from './options.ts';
import type { FunctionDefinition, Parameter, PythonSource, Stretch } from './source.ts';
import { useOf } from './uses.ts';

const types: Readonly<Record<string, OptionType>> = { int: 'int', float: 'float', str: 'text', bool: 'flag' };

/** The options of a program that uses typer, https://typer.tiangolo.com; undefined for another. */
export function readTyper(source: PythonSource): FoundOptions | undefined {
  const imports = importsOf(source);
  if (!imports.some(({ module }) => module === 'typer')) return undefined;
  const list = new OptionList(source);
  const commands: FunctionDefinition[] = [];
  let closed = true;
  for (const [, to] of usesOf(source, imports, 'typer', 'run')) {
    const definition = calledFunction(source, to);
    if (definition) commands.push(definition);
    else closed = false;
  }
  const apps = appNames(source, usesOf(source, imports, 'typer', 'Typer'));
  for (const [, to] of usesOf(source, imports, 'typer', 'Typer'))
    if (!source.is(to, '(') || keywordsOf(source, to).named.has('cls')) closed = false;
  for (const { definition, decorators } of decoratedFunctions(source)) {
    const ofApp = decorators.filter(
      ({ path }) =>
        path.length === 2 && apps.has(path[0] ?? '') && ['command', 'callback'].includes(path[1] ?? ''),
    );
    if (ofApp.length === 0) continue;
    commands.push(definition);
    for (const one of decorators) if (!ofApp.includes(one) && !isBystander(one)) closed = false;
    for (const { open } of ofApp) {
      if (open === undefined) continue;
      const keywords = keywordsOf(source, open);
      if (keywords.open || keywords.named.has('context_settings') || keywords.named.has('cls'))
        closed = false;
    }
  }
  for (const app of apps) {
    // commands that come from elsewhere
    if (source.occurrences('add_typer').some((at) => source.is(at - 2, app))) closed = false;
  }
  if (commands.length === 0) return undefined;
  for (const { parameters } of commands) {
    for (const parameter of parameters)
      closed &&= addTyperOption(source, list, parameter, commands.length === 1);
  }
  return { style: 'typer', options: list.options, closed };
}

function appNames(source: PythonSource, uses: readonly Stretch[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [from, to] of uses) {
    const use = source.is(to, '(') ? useOf(source, [from, source.partner(to) + 1]) : undefined;
    if (use?.kind !== 'assigned') continue;
    for (const [start] of use.targets) names.add(source.nameAt(start) ?? '');
  }
  return names;
}

/** The function of `run(main)` and `Fire(main)`, if it is one of this file. */
function calledFunction(source: PythonSource, open: number): FunctionDefinition | undefined {
  if (!source.is(open, '(')) return undefined;
  const [first] = source.arguments(open);
  if (!first || first.unpacked || first.value[1] - first.value[0] !== 1) return undefined;
  const [definition, ...more] = source.functionsNamed(source.nameAt(first.value[0]) ?? '');
  return more.length === 0 ? definition : undefined;
}

/** Whether everything that the parameter makes of the command line is known. */
function addTyperOption(
  source: PythonSource,
  list: OptionList,
  parameter: Parameter,
  isOnly: boolean,
): boolean {
  if (parameter.star !== '') return parameter.star === '*';
  const annotation = parameter.annotation ? source.written(parameter.annotation) : '';
  if (/\bContext\b/.test(annotation)) return true;
  const marker = markerOf(source, parameter);
  if (marker?.kind === 'Argument' || (!marker && !parameter.default)) return true;
  const keywords = marker && keywordsOf(source, marker.open);
  if (keywords && (keywords.open || keywords.named.has('cls') || keywords.named.has('click_type')))
    return false;
  // outside of `Annotated`, the first one is the default
  const ownDefault =
    marker?.isDefault === true
      ? (keywords?.positional[0] ?? keywords?.named.get('default'))
      : parameter.default;
  const rest = (keywords?.positional ?? []).slice(marker?.isDefault === true ? 1 : 0);
  const declared = rest.map((stretch) => literalText(source, stretch));
  if (declared.includes(undefined)) return false;
  const spellings = declared.flatMap((one) => (one ?? '').split('/')).filter((one) => one.startsWith('-'));
  const type = annotatedType(annotation);
  const plain = `--${parameter.name.replaceAll('_', '-')}`;
  const [main = plain] = spellings.filter((one) => one.startsWith('--'));
  const aliases = spellings.filter((one) => one !== main);
  if (spellings.length === 0 && type === 'flag') aliases.push(plain.replace('--', '--no-'));
  const defaultText = ownDefault && source.written(ownDefault);
  list.add(main.replace(/^--/, ''), {
    at: [parameter.at, parameter.at + 1],
    aliases,
    type,
    default: defaultText === '...' ? undefined : ownDefault,
    help: keywords && helpOf(source, keywords),
    required:
      isOnly &&
      (ownDefault === undefined || defaultText === '...') &&
      keywords?.named.has('envvar') !== true &&
      keywords?.named.has('prompt') !== true &&
      keywords?.named.has('default_factory') !== true,
  });
  return true;
}

const helpOf = (source: PythonSource, keywords: Keywords): string | undefined =>
  keywordText(source, keywords, 'help');

interface Marker {
  readonly kind: 'Option' | 'Argument';
  readonly open: number;
  /** It stands in the place of the default, not in `Annotated[…]`. */
  readonly isDefault: boolean;
}

/** `typer.Option(…)` or `typer.Argument(…)` of a parameter. */
function markerOf(source: PythonSource, { annotation, default: value }: Parameter): Marker | undefined {
  for (const [stretch, isDefault] of [
    [value, true],
    [annotation, false],
  ] as const) {
    if (!stretch) continue;
    for (let at = stretch[0]; at < stretch[1]; at++) {
      const name = source.nameAt(at);
      if ((name === 'Option' || name === 'Argument') && source.is(at + 1, '('))
        return { kind: name, open: at + 1, isDefault };
    }
  }
  return undefined;
}

function annotatedType(annotation: string): OptionType {
  const inside = /^(?:\w+\.)?Annotated\[\s*([^,]+),/.exec(annotation)?.[1] ?? annotation;
  const plain = inside
    .replace(/^(?:\w+\.)?Optional\[(.*)\]$/, '$1')
    .replace(/\s*\|\s*None$/, '')
    .trim();
  return Object.hasOwn(types, plain) ? (types[plain] ?? 'other') : 'other';
}

/** The options of a program that uses fire, https://google.github.io/python-fire; undefined for another. */
export function readFire(source: PythonSource): FoundOptions | undefined {
  const imports = importsOf(source);
  const calls = usesOf(source, imports, 'fire', 'Fire').filter(([, to]) => source.is(to, '('));
  if (calls.length === 0) return undefined;
  const list = new OptionList(source);
  for (const [, to] of calls) {
    for (const { name, star, default: value, at } of calledFunction(source, to)?.parameters ?? []) {
      if (star === '' && name !== 'self')
        list.add(name, {
          at: [at, at + 1],
          default: value,
          aliases: name.includes('_') ? [`--${name.replaceAll('_', '-')}`] : [],
        });
    }
  }
  // a call may go on with the members of what it returned
  return { style: 'fire', options: list.options, closed: false };
}
