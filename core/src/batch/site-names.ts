/** Names that only the site's own batch system knows: partitions, queues, accounts, parallel environments... */
import { nearest } from '../sweep/spelling.ts';
import type { Job } from './job-checks.ts';
import { replacing } from './problem-list.ts';
import { partSpan, type ReadOption } from './validate.ts';
import { pieces, type Piece } from './values/lists.ts';

/** A name that a batch system told. */
export interface SiteName {
  readonly name: string;
  /** What it said besides, for people: `2 nodes, at most 1 d`. */
  readonly detail?: string;
}

/** `pending`: asked, not answered yet. undefined: nobody can tell. */
export type SiteNames = readonly SiteName[] | 'pending' | undefined;

/** Kinds whose names stand in a value as they are, and that the system lists in full. */
const checked: ReadonlySet<string> = new Set([
  ...['account', 'application-profile', 'checkpoint-environment', 'cluster', 'parallel-environment'],
  ...['partition', 'project', 'qos', 'queue', 'reservation'],
]);

const words: Readonly<Record<string, string>> = {
  account: 'account',
  'application-profile': 'application profile',
  'checkpoint-environment': 'checkpointing environment',
  cluster: 'cluster',
  feature: 'feature',
  gres: 'generic resource',
  host: 'host',
  licence: 'licence',
  node: 'node',
  'parallel-environment': 'parallel environment',
  partition: 'partition',
  project: 'project',
  property: 'property',
  qos: 'quality of service',
  queue: 'queue',
  reservation: 'reservation',
  resource: 'resource',
  'used-queue': 'queue with jobs',
};

/** A kind of names in words for people. */
export const siteNameWords = (kind: string): string => words[kind] ?? kind;

/** Remarks on names that the system here does not know. It may be another system's script, so they are no more than that. */
export function checkSiteNames(job: Job): void {
  const { script, dialect, options, problems, surroundings } = job;
  if (surroundings.siteNames === undefined) return;
  // the names of another cluster are not those of this one
  if (options.some(({ spec }) => spec.key === 'clusters')) return;
  for (const option of options) {
    const { spec, value, valueSpan, verbatim } = option;
    // remarks are not worth their time among hundreds of problems
    if (problems.isFull) return;
    if (spec.live === undefined || !checked.has(spec.live) || value === undefined) continue;
    const known = surroundings.siteNames(dialect.system, spec.live);
    if (known === undefined || known === 'pending' || known.length === 0) continue;
    for (const { text, from, to } of namesIn(option)) {
      if (known.some(({ name }) => name === text)) continue;
      const meant = nearest(
        text,
        known.map(({ name }) => name),
      );
      const at = partSpan(script.text, value, valueSpan, verbatim, [from, to]);
      problems.add(
        'unknown-site-name',
        at,
        `${dialect.title} knows no ${siteNameWords(spec.live)} '${text}' here. ${
          meant === undefined ? namesInWords(known) : `Did you mean '${meant}'?`
        }`,
        { fix: meant === undefined ? undefined : replacing(`Change to '${meant}'`, at, meant) },
      );
    }
  }
}

const shown = 8;

function namesInWords(known: readonly SiteName[]): string {
  const names = known.slice(0, shown).map(({ name }) => name);
  const more = known.length - names.length;
  return `It knows ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** The names in an option's value, patterns and names on other servers left out. */
export function namesIn({ spec, value = '' }: ReadOption): readonly Piece[] {
  const parts =
    spec.live === 'parallel-environment'
      ? pieces(value, ' ').slice(0, 1)
      : spec.system === 'lsf' && spec.live === 'queue'
        ? pieces(value, ' ')
        : pieces(value, ',');
  return parts
    .map(({ text, from }) => {
      const name = text.trim();
      const start = from + text.indexOf(name);
      return { text: name, from: start, to: start + name.length };
    })
    .filter(({ text }) => text !== '' && !/[@*?[\]!&|$"']/.test(text));
}
