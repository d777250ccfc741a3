/** What Slurm knows: sinfo(1), sacctmgr(1), scontrol(1). */
import type { SiteName } from '#core/batch/site-names.ts';
import { linesOf, namesOf, oneNameEach, type NamesByKind, type Query } from './query.ts';

/** Partition, state, time limit, nodes, partition with a `*` for the default one, generic resources, features. */
const partitionFormat = '%R|%a|%l|%D|%P|%G|%f';

interface Partition {
  readonly limit: string;
  readonly state: string;
  readonly isDefault: boolean;
  nodes: number;
}

/** `sinfo` prints a line for each group of nodes that differ in any of the columns. */
export function readPartitions(output: string): NamesByKind | undefined {
  const partitions = new Map<string, Partition>();
  const generic: string[] = [];
  const features: string[] = [];
  for (const line of linesOf(output)) {
    const [name = '', state = '', limit = '', nodes = '', starred = '', gres = '', ...rest] = line.split('|');
    if (name === '' || rest.length === 0) return undefined;
    const partition = partitions.get(name) ?? { limit, state, isDefault: starred.endsWith('*'), nodes: 0 };
    partition.nodes += Number.parseInt(nodes, 10) || 0;
    partitions.set(name, partition);
    generic.push(...genericResources(gres));
    features.push(...valuesOf(rest.join('|')));
  }
  return {
    partition: [...partitions].map(([name, partition]) => ({ name, detail: describe(partition) })),
    gres: namesOf(generic),
    feature: namesOf(features),
  };
}

function describe({ limit, state, isDefault, nodes }: Partition): string {
  return [
    ...(isDefault ? ['default'] : []),
    ...(state === 'up' ? [] : [state]),
    `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
    limit === 'infinite' ? 'no time limit' : `at most ${limit}`,
  ].join(', ');
}

const valuesOf = (list: string): readonly string[] =>
  list.split(',').filter((value) => value !== '' && value !== '(null)');

/** `gpu:a100:4(S:0-1),shard:8`: names and types, without counts. */
const genericResources = (list: string): readonly string[] =>
  valuesOf(list.replace(/\([^)]*\)/g, '')).map((one) => one.replace(/:\d+[kmgtp]?$/i, ''));

/** Columns divided by `|`: the names of the first, the rest as their detail. */
const rows =
  (kind: string) =>
  (output: string): NamesByKind => ({
    [kind]: linesOf(output).flatMap((line): readonly SiteName[] => {
      const [name = '', detail = ''] = line.split('|');
      if (name === '') return [];
      return [{ name, ...(detail !== '' && detail !== name && { detail }) }];
    }),
  });

/** `scontrol -o` prints a record a line, `Key=value` each; without records a sentence. */
const records =
  (kind: string, key: string, details: readonly (readonly [key: string, word: string])[]) =>
  (output: string): NamesByKind => ({
    [kind]: linesOf(output).flatMap((line): readonly SiteName[] => {
      const fields = new Map(
        [...line.matchAll(/(\w+)=(\S*)/g)].map(([, name = '', value = '']) => [name, value]),
      );
      const name = fields.get(key);
      const detail = details
        .flatMap(([field, word]) => {
          const value = fields.get(field);
          return value === undefined ? [] : [`${word} ${value}`];
        })
        .join(', ');
      return name === undefined ? [] : [{ name, ...(detail !== '' && { detail }) }];
    }),
  });

/** `user`: whose accounts are asked for; undefined asks for all. */
export const slurmQueries = (user: string | undefined): readonly Query[] => [
  {
    argv: ['sinfo', '-h', '-a', '-o', partitionFormat],
    kinds: ['partition', 'gres', 'feature'],
    read: readPartitions,
  },
  { argv: ['sinfo', '-h', '-a', '-N', '-o', '%N'], kinds: ['node'], read: oneNameEach('node') },
  {
    argv: [
      ...(['sacctmgr', '-nP', 'show', 'associations'] as const),
      ...(user === undefined ? [] : ['where', `user=${user}`]),
      'format=Account',
    ],
    kinds: ['account'],
    read: oneNameEach('account'),
  },
  {
    argv: ['sacctmgr', '-nP', 'show', 'qos', 'format=Name,Description'],
    kinds: ['qos'],
    read: rows('qos'),
  },
  {
    argv: ['sacctmgr', '-nP', 'show', 'cluster', 'format=Cluster'],
    kinds: ['cluster'],
    read: oneNameEach('cluster'),
  },
  {
    argv: ['scontrol', '-a', '-o', 'show', 'reservation'],
    kinds: ['reservation'],
    read: records('reservation', 'ReservationName', [
      ['StartTime', 'from'],
      ['EndTime', 'to'],
    ]),
  },
  {
    argv: ['scontrol', '-o', 'show', 'licenses'],
    kinds: ['licence'],
    read: records('licence', 'LicenseName', [
      ['Free', 'free'],
      ['Total', 'of'],
    ]),
  },
];
