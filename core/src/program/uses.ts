/** What is done with an expression at a place: the one step from it outwards. */
import type { FunctionDefinition, PythonSource, Stretch } from './source.ts';

export type Use =
  | { readonly kind: 'attribute'; readonly name: string; readonly at: number }
  | { readonly kind: 'item'; readonly open: number }
  | { readonly kind: 'call'; readonly open: number }
  | {
      readonly kind: 'argument';
      readonly open: number;
      readonly keyword: string | undefined;
      readonly position: number;
    }
  /** The whole right side of an assignment. */
  | { readonly kind: 'assigned'; readonly targets: readonly Stretch[] }
  /** The name gets its value here. `value` is where that begins, for a plain assignment. */
  | { readonly kind: 'bound'; readonly by: 'assignment'; readonly value: number }
  | { readonly kind: 'bound'; readonly by: 'parameter' | 'definition' | 'other' }
  | { readonly kind: 'returned'; readonly line: number }
  /** Compared, printed as a statement of its own, named as a keyword: nothing comes of it. */
  | { readonly kind: 'neutral' }
  | { readonly kind: 'other' };

const other: Use = { kind: 'other' };
const neutral: Use = { kind: 'neutral' };
const bound = (by: 'parameter' | 'definition' | 'other'): Use => ({ kind: 'bound', by });

/** Names that stand before a bracket without calling anything. */
const notCalled: ReadonlySet<string> = new Set(
  'and as assert await del elif else for from if import in is lambda not or return while with yield'.split(
    ' ',
  ),
);
const compounds: ReadonlySet<string> = new Set(
  'if elif else for while with try except finally def class async match case'.split(' '),
);

/** What is done with the expression of these tokens. */
export function useOf(source: PythonSource, [from, to]: Stretch): Use {
  const attribute = source.is(to, '.') ? source.nameAt(to + 1) : undefined;
  if (attribute !== undefined) return { kind: 'attribute', name: attribute, at: to + 1 };
  if (source.is(to, '[')) return { kind: 'item', open: to };
  const isVariable = to - from === 1 && source.isName(from);
  const binding = isVariable ? bindingAt(source, from) : undefined;
  if (binding) return binding;
  if (source.is(to, '(')) return { kind: 'call', open: to };
  return valueUse(source, from, to);
}

/** Whether a bracket holds the arguments of a call, or the parameters of a function. */
export function bracketOf(source: PythonSource, open: number): 'call' | 'parameters' | 'other' {
  if (!source.is(open, '(')) return 'other';
  const name = source.nameAt(open - 1);
  if (name !== undefined) {
    if (source.is(open - 2, 'def')) return 'parameters';
    return notCalled.has(name) ? 'other' : 'call';
  }
  return source.is(open - 1, ')') || source.is(open - 1, ']') ? 'call' : 'other';
}

function bindingAt(source: PythonSource, at: number): Use | undefined {
  const previous = source.tokens[at - 1]?.text ?? '';
  const line = source.lines[source.lineOf(at)];
  const head = source.tokens[line?.from ?? 0]?.text ?? '';
  if (previous === 'def' || previous === 'class') return bound('definition');
  if (previous === 'as' || previous === 'import' || head === 'import' || head === 'from')
    return bound('other');
  if (previous === 'for') return bound('other');
  if (head === 'global' || head === 'nonlocal' || head === 'del') return neutral;
  if (source.is(at + 1, ':=')) return { kind: 'bound', by: 'assignment', value: at + 2 };
  const open = source.enclosing(at);
  if (open >= 0) {
    const isName =
      source.is(at - 1, '(') || source.is(at - 1, ',') || source.is(at - 1, '*') || source.is(at - 1, '**');
    const bracket = bracketOf(source, open);
    if (bracket === 'parameters' && isName) return bound('parameter');
    if (source.is(at + 1, '=') && isName) return neutral;
    return undefined;
  }
  return line && targetAt(source, at, line.to);
}

/** The name at the left of an assignment. */
function targetAt(source: PythonSource, at: number, end: number): Use | undefined {
  if (source.is(at + 1, '=')) {
    // of `a = b = value` every name gets the same
    const last = lastEquals(source, at, end);
    return { kind: 'bound', by: 'assignment', value: last + 1 };
  }
  const start = statementStart(source, at);
  if (source.is(at + 1, ':') && start === at) {
    const equals = source.find('=', at, end);
    return equals < 0 ? neutral : { kind: 'bound', by: 'assignment', value: equals + 1 };
  }
  const unpacked = source.is(at + 1, ',') || source.is(at - 1, ',') || source.is(at - 1, '*');
  if (unpacked && source.find('=', at, end) >= 0) return bound('other');
  return undefined;
}

function lastEquals(source: PythonSource, from: number, end: number): number {
  let last = from;
  for (let at = source.find('=', from, end); at >= 0; at = source.find('=', at + 1, end)) last = at;
  return last;
}

/** Where the statement begins that a token outside of brackets is in: behind `;`, and behind the `:` of `if x:`. */
function statementStart(source: PythonSource, at: number): number {
  const line = source.lines[source.lineOf(at)];
  if (!line) return at;
  let start = line.from;
  if (compounds.has(source.tokens[start]?.text ?? '')) {
    const colon = source.find(':', start, at);
    if (colon >= 0) start = colon + 1;
  }
  for (let next = source.find(';', start, at); next >= 0; next = source.find(';', start, at))
    start = next + 1;
  return start;
}

function valueUse(source: PythonSource, from: number, to: number): Use {
  const open = source.enclosing(from);
  const ends = source.isEnd(to);
  if (source.is(from - 1, ':=')) {
    return { kind: 'assigned', targets: [[from - 2, from - 1]] };
  }
  if (open < 0) {
    const start = statementStart(source, from);
    if (start === from && ends) return neutral;
    if (source.is(from - 1, '=') && ends)
      return { kind: 'assigned', targets: targetsBefore(source, start, from) };
    if (source.is(from - 1, 'return') && ends) return { kind: 'returned', line: source.lineOf(from) };
  } else {
    const argument = argumentUse(source, from, to, open);
    if (argument) return argument;
  }
  if (isCompared(source, from - 1) || isCompared(source, to)) return neutral;
  return other;
}

/** `parents=[parser]` has a bracket of its own around the argument. */
function argumentUse(source: PythonSource, from: number, to: number, open: number): Use | undefined {
  const closes = source.is(to, ',') || source.partner(open) === to;
  if (!closes || bracketOf(source, open) !== 'call') return undefined;
  const keyword = source.is(from - 1, '=') ? source.nameAt(from - 2) : undefined;
  if (keyword !== undefined) return { kind: 'argument', open, keyword, position: -1 };
  if (!source.is(from - 1, ',') && from - 1 !== open) return undefined;
  const position = source.pieces(open).findIndex(([start]) => start === from);
  return { kind: 'argument', open, keyword: undefined, position };
}

function isCompared(source: PythonSource, at: number): boolean {
  return (
    source.is(at, 'is') ||
    source.is(at, '==') ||
    source.is(at, '!=') ||
    (source.is(at, 'not') && source.is(at - 1, 'is'))
  );
}

function targetsBefore(source: PythonSource, start: number, value: number): readonly Stretch[] {
  const targets: Stretch[] = [];
  let from = start;
  for (let equals = source.find('=', from, value); equals >= 0; equals = source.find('=', from, value)) {
    const colon = source.find(':', from, equals);
    targets.push([from, colon < 0 ? equals : colon]);
    from = equals + 1;
  }
  return targets;
}

/**
 * The parameter of a function in this file that an argument arrives at; undefined when the call leads
 * elsewhere, or nobody can tell where.
 */
export function parameterOf(source: PythonSource, use: Use & { kind: 'argument' }): string | undefined {
  const callee = source.pathEndingAt(use.open - 1);
  const name = callee?.path.at(-1);
  if (!callee || name === undefined || callee.path.length > 2) return undefined;
  const [definition, ...more] = source.functionsNamed(name);
  if (!definition || more.length > 0) return undefined;
  const names = definition.parameters.map((parameter) => parameter.name);
  const [first = ''] = names;
  const hasReceiver = ['self', 'cls'].includes(first);
  const [receiver = ''] = callee.path;
  if (callee.path.length === 2 && !['self', 'cls'].includes(receiver) && !isOwnClass(source, receiver))
    return undefined;
  // behind unpacked arguments, nobody can count
  if (source.arguments(use.open).some((argument) => argument.unpacked)) return undefined;
  if (use.keyword !== undefined) return names.find((one) => one === use.keyword);
  const parameter = definition.parameters[use.position + (hasReceiver && callee.path.length === 2 ? 1 : 0)];
  return parameter?.star === '' ? parameter.name : undefined;
}

function isOwnClass(source: PythonSource, name: string): boolean {
  return source.variables(name).some((index) => source.is(index - 1, 'class'));
}

/** Whether a function is used at all: something in the file has its name. */
export function isReferenced(source: PythonSource, { name }: Pick<FunctionDefinition, 'name'>): boolean {
  return source.occurrences(name).some((index) => !source.is(index - 1, 'def'));
}
