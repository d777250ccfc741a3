/** Whole pieces of a sweep file with tab stops, as entries that lines or brackets are made of. */
import { distributionNames } from '#core/sweep/definition.ts';
import type { DistributionName } from '#core/sweep/sweep.ts';

/** One `key: value`; the value is snippet text: `${1:0.1}`. */
export type SnippetEntry = readonly [key: string, value: string];

/** Numbers are written so that YAML 1.1 readers take them for numbers too. */
const bodies: Readonly<Record<DistributionName, readonly SnippetEntry[]>> = {
  constant: [['value', '${1:0.9}']],
  categorical: [['values', '[${1:16, 32, 64}]']],
  categorical_w_probabilities: [
    ['values', '[${1:adam, sgd}]'],
    ['probabilities', '[${2:0.7, 0.3}]'],
  ],
  int_uniform: [
    ['min', '${1:1}'],
    ['max', '${2:10}'],
  ],
  uniform: [
    ['min', '${1:0.0}'],
    ['max', '${2:1.0}'],
  ],
  q_uniform: stepped('q_uniform', '0', '1', '0.1'),
  log_uniform_values: ranged('log_uniform_values'),
  q_log_uniform_values: stepped('q_log_uniform_values', '32', '1024', '32'),
  inv_log_uniform_values: ranged('inv_log_uniform_values'),
  normal: bell('normal'),
  q_normal: [...bell('q_normal'), ['q', '${3:0.1}']],
  log_normal: bell('log_normal'),
  q_log_normal: [...bell('q_log_normal'), ['q', '${3:1}']],
  beta: humped('beta'),
  q_beta: [...humped('q_beta'), ['q', '${3:0.1}']],
  log_uniform: exponents('log_uniform'),
  q_log_uniform: [...exponents('q_log_uniform'), ['q', '${3:1}']],
  inv_log_uniform: exponents('inv_log_uniform'),
};

function ranged(name: DistributionName): readonly SnippetEntry[] {
  return [
    ['distribution', name],
    ['min', '${1:0.0001}'],
    ['max', '${2:0.1}'],
  ];
}

function stepped(name: DistributionName, min: string, max: string, q: string): readonly SnippetEntry[] {
  return [
    ['distribution', name],
    ['min', `\${1:${min}}`],
    ['max', `\${2:${max}}`],
    ['q', `\${3:${q}}`],
  ];
}

function bell(name: DistributionName): readonly SnippetEntry[] {
  return [
    ['distribution', name],
    ['mu', '${1:0}'],
    ['sigma', '${2:1}'],
  ];
}

function humped(name: DistributionName): readonly SnippetEntry[] {
  return [
    ['distribution', name],
    ['a', '${1:2}'],
    ['b', '${2:5}'],
  ];
}

function exponents(name: DistributionName): readonly SnippetEntry[] {
  return [
    ['distribution', name],
    ['min', '${1:-9.2}'],
    ['max', '${2:-2.3}'],
  ];
}

/** The entries of a definition with this distribution. */
export const definitionOf = (name: DistributionName): readonly SnippetEntry[] => bodies[name];

/** The distributions that are offered: the deprecated ones are understood, but nobody should begin with them. */
export const offeredDistributions: readonly DistributionName[] = distributionNames.filter(
  (name) => !['log_uniform', 'q_log_uniform', 'inv_log_uniform'].includes(name),
);

/** Keys whose values are maps or lists, with what nearly every file says there. */
const keyBodies: Readonly<Record<string, readonly SnippetEntry[]>> = {
  metric: [
    ['name', '${1:loss}'],
    ['goal', '${2|minimize,maximize|}'],
  ],
  early_terminate: [
    ['type', 'hyperband'],
    ['min_iter', '${1:3}'],
  ],
};

export const entriesUnder = (key: string): readonly SnippetEntry[] | undefined =>
  Object.hasOwn(keyBodies, key) ? keyBodies[key] : undefined;

/** The default command, which is what most commands begin as. */
export const commandItems: readonly string[] = ['${env}', '${interpreter}', '${program}', '${args}'];

/** Text as it stands in a snippet without meaning anything there. */
export const literal = (text: string): string => text.replace(/[\\$}]/g, '\\$&');

/** The entries in lines that begin in `column`; the first line without its indentation. */
export const inLines = (entries: readonly SnippetEntry[], column: number): string =>
  entries.map(([key, value]) => `${key}: ${value}`).join(`\n${' '.repeat(Math.max(0, column))}`);

/** The entries between the brackets of a map. */
export const inBrackets = (entries: readonly SnippetEntry[]): string =>
  entries.map(([key, value]) => `${key}: ${value}`).join(', ');
