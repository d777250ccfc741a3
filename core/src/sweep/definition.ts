/** Which of the parameter shapes a definition is meant to have: by `distribution`, else by its keys. */
import { isMap, isScalar } from 'yaml';
import type { Entry, SweepDocument } from './document.ts';
import { scalarValue, spanOf, type MapNode } from './nodes.ts';
import { insertion, together } from './edits.ts';
import {
  distributionNames,
  hasFloatBound,
  hasPositiveBounds,
  meantInstead,
  overValues,
} from './fitting-distributions.ts';
import { replacing, type ProblemList, type Span } from './problem-list.ts';
import { keysOf } from './shape-schemas.ts';
import { listed, nearest } from './spelling.ts';
import type { DistributionName } from './sweep.ts';
import { reportUnknownValue } from './wrong-values.ts';

export { distributionNames } from './fitting-distributions.ts';

export type DefinitionShape = DistributionName | 'nested';

/** Keys of every definition shape. */
export const definitionKeys: ReadonlySet<string> = new Set(
  ([...distributionNames, 'nested'] as const).flatMap((shape) => keysOf(shape)),
);

/** The first row whose keys are all there decides; `named` shapes have to be named in the file. */
const byKeys: readonly {
  readonly any: readonly string[];
  readonly shape: (has: Keys) => DefinitionShape;
  readonly named?: true;
}[] = [
  { any: ['parameters'], shape: () => 'nested' },
  { any: ['probabilities'], shape: () => 'categorical_w_probabilities' },
  { any: ['values'], shape: () => 'categorical' },
  { any: ['value'], shape: () => 'constant' },
  { any: ['q+min', 'q+max'], shape: () => 'q_uniform', named: true },
  { any: ['min', 'max'], shape: (keys) => (keys.boundsAreIntegers ? 'int_uniform' : 'uniform') },
  { any: ['q+mu', 'q+sigma'], shape: () => 'q_normal', named: true },
  { any: ['mu', 'sigma'], shape: () => 'normal', named: true },
  { any: ['q+a', 'q+b'], shape: () => 'q_beta', named: true },
  { any: ['a', 'b'], shape: () => 'beta', named: true },
];

interface Keys {
  readonly names: ReadonlySet<string>;
  readonly boundsAreIntegers: boolean;
}

/** The keys by which people most often tell the shape, as targets for misspelt ones. */
const telling = ['parameters', 'values', 'value', 'min', 'max', 'probabilities', 'distribution'];

/**
 * The shape of a definition. Says what is wrong with the way it is stated; undefined when no shape can
 * be made out.
 */
export function chooseShape(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  name: string,
  owner: Span,
): DefinitionShape | undefined {
  const entries = document.entries(map);
  const stated = entries.find((entry) => entry.name === 'distribution');
  const names = new Set(entries.map((entry) => entry.name));
  if (stated) return statedShape(document, problems, map, stated);
  if (isGroupOfDefinitions(document, entries)) {
    reportShapeless(document, problems, map, name, owner);
    return undefined;
  }
  const shape = shapeByKeys(document, map, names, problems);
  if (shape) return shape;
  const repaired = new Set(names);
  for (const entry of entries) {
    const near = definitionKeys.has(entry.name)
      ? undefined
      : nearest(
          entry.name,
          telling.filter((key) => !names.has(key)),
        );
    if (near !== undefined) repaired.add(near);
  }
  if (repaired.has('distribution')) return misspeltDistribution(document, problems, entries);
  const guessed = shapeByKeys(document, map, repaired);
  if (guessed) return guessed;
  reportShapeless(document, problems, map, name, owner);
  return undefined;
}

/** `{a: {values: [1]}, b: {min: 0, max: 1}}`: keys of a definition hold no definitions themselves. */
function isGroupOfDefinitions(document: SweepDocument, entries: readonly Entry[]): boolean {
  const holdsAnything = ['parameters', 'value', 'values'];
  return (
    entries.length > 0 &&
    entries.every(
      ({ name, value }) =>
        !holdsAnything.includes(name) &&
        value !== undefined &&
        isMap(value) &&
        document.entries(value).some((inner) => telling.includes(inner.name)),
    )
  );
}

function statedShape(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  stated: Entry,
): DefinitionShape | undefined {
  if (!stated.value) return undefined;
  const word = isScalar(stated.value) ? scalarValue(stated.value) : undefined;
  const known = distributionNames.find((one) => one === word);
  if (known === 'categorical' && document.entry(map, 'probabilities')) {
    const weighted = 'categorical_w_probabilities';
    problems.add('unknown-value', stated.written, `Values with probabilities are called '${weighted}'.`, {
      fix: replacing(`Change to '${weighted}'`, stated.written, weighted),
    });
    return weighted;
  }
  if (known) return reportOtherKeys(document, problems, map, stated, known) ?? known;
  const at =
    stated.written[0] === stated.written[1]
      ? spanOf(stated.key)
      : isScalar(stated.value)
        ? stated.written
        : spanOf(stated.key);
  const near = reportUnknownValue(problems, 'distribution', stated.value, at, distributionNames, (near) =>
    hasPositiveBounds(document, map) ? (overValues[near] ?? near) : near,
  );
  return distributionNames.find((one) => one === near);
}

/**
 * One problem for a definition all of whose keys are those of another distribution than the one it names,
 * or all but the step `q`. Returns the distribution that was meant.
 */
function reportOtherKeys(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  stated: Entry,
  known: DistributionName,
): DistributionName | undefined {
  const own = keysOf(known);
  const keys = document.entries(map).filter(({ name }) => name !== 'distribution');
  const foreign = keys.filter(({ name }) => !own.includes(name)).map(({ name }) => name);
  if (foreign.length === 0) return undefined;
  const isStep = foreign.length === 1 && foreign[0] === 'q';
  if (!isStep && foreign.length < keys.length) return undefined;
  const meant = meantInstead(document, map, known);
  if (meant === undefined) return undefined;
  const verb = foreign.length === 1 ? 'does' : 'do';
  problems.add(
    'distribution-keys',
    stated.written,
    `${listed(
      foreign.map((name) => `'${name}'`),
      'and',
    )} ${verb} not belong to ${withArticle(known)} parameter, but to ${withArticle(meant)} one.`,
    {
      // another shape of the same bounds is for the person to choose
      fix:
        isStep || meant === 'categorical' || meant === 'constant'
          ? replacing(`Change to '${meant}'`, stated.written, meant)
          : undefined,
    },
  );
  return meant;
}

/** `a uniform`, `an int_uniform`. */
export const withArticle = (word: string): string => `${/^[aeio]/.test(word) ? 'an' : 'a'} ${word}`;

/** The key `distribution` itself is misspelt: its value still tells the shape. */
function misspeltDistribution(
  document: SweepDocument,
  problems: ProblemList,
  entries: readonly Entry[],
): DefinitionShape | undefined {
  const entry = entries.find((one) => nearest(one.name, ['distribution']) !== undefined);
  if (!entry?.value) return undefined;
  const at = spanOf(entry.key);
  problems.add('unknown-key', at, `Unknown key '${entry.name}'. Did you mean 'distribution'?`, {
    fix: { title: "Rename to 'distribution'", edits: [{ at, newText: 'distribution' }] },
  });
  return distributionNames.find((one) => one === document.value(entry.value ?? entry.key));
}

function shapeByKeys(
  document: SweepDocument,
  map: MapNode,
  names: ReadonlySet<string>,
  problems?: ProblemList,
): DefinitionShape | undefined {
  const keys: Keys = {
    names,
    boundsAreIntegers: !hasFloatBound(document, map),
  };
  const row = byKeys.find(({ any }) => any.some((one) => one.split('+').every((key) => names.has(key))));
  if (!row) return undefined;
  const shape = row.shape(keys);
  if (row.named && problems) reportUnnamed(document, problems, map, shape);
  return shape;
}

function reportUnnamed(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  shape: DefinitionShape,
): void {
  const telltale = document.entries(map).find((entry) => ['q', 'mu', 'sigma', 'a', 'b'].includes(entry.name));
  if (!telltale) return;
  const edits = together(insertion(document, map, [`distribution: ${shape}`]));
  problems.add(
    'missing-key',
    spanOf(telltale.key),
    `'${telltale.name}' needs the distribution to be named, for example 'distribution: ${shape}'.`,
    { fix: edits && { title: `Insert 'distribution: ${shape}'`, edits } },
  );
}

function reportShapeless(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  name: string,
  owner: Span,
): void {
  const entries = document.entries(map);
  const group =
    entries.length > 0 && entries.every((entry) => entry.value && isMap(entry.value) && !entry.inherited);
  if (!group) {
    problems.add(
      'parameter-shape',
      owner,
      `Parameter '${name}' needs one of: value, values, min and max, or parameters.`,
    );
    return;
  }
  problems.add('parameter-shape', owner, `Nested parameters of '${name}' go under a key 'parameters'.`, {
    fix: nestingFix(document, map),
  });
}

/** Puts what a map holds one level deeper, under `parameters:`. */
function nestingFix(document: SweepDocument, map: MapNode) {
  if (map.flow === true) {
    const [start, end] = spanOf(map);
    return {
      title: "Put them under 'parameters'",
      edits: [
        { at: [start, start] as const, newText: '{parameters: ' },
        { at: [end, end] as const, newText: '}' },
      ],
    };
  }
  const first = insertion(document, map, ['parameters:']);
  if (!first) return undefined;
  const edits = [{ at: first.at, newText: `${first.newText}  ` }];
  const text = document.text;
  const end = text.slice(0, map.range[1]).trimEnd().length;
  for (let at = document.lines.lineEnd(first.at[0]); at < end; at = document.lines.lineEnd(at)) {
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (at < end) edits.push({ at: [at, at], newText: '  ' });
  }
  return { title: "Put them under 'parameters'", edits };
}
