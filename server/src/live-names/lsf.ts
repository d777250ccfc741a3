/** What LSF knows: bqueues(1), bhosts(1), bapp(1). */
import type { SiteName } from '#core/batch/site-names.ts';
import { linesOf, type NamesByKind, type Query } from './query.ts';

/** A table whose first column, named by `heading`, holds the names; `column` is shown beside each. */
const table =
  (kind: string, heading: string, column?: string) =>
  (output: string): NamesByKind | undefined => {
    const lines = linesOf(output);
    // `LSF is processing your request. Please wait ...` may stand above
    const head = lines.findIndex((line) => line.startsWith(heading));
    if (head < 0) return undefined;
    const at = column === undefined ? -1 : (lines[head] ?? '').trim().split(/\s+/).indexOf(column);
    return {
      [kind]: lines.slice(head + 1).flatMap((line): readonly SiteName[] => {
        const words = line.trim().split(/\s+/);
        const [name = ''] = words;
        const detail = words[at];
        return name === '' ? [] : [{ name, ...(detail !== undefined && { detail }) }];
      }),
    };
  };

export const readLsfQueues = table('queue', 'QUEUE_NAME', 'STATUS');
export const readLsfHosts = table('host', 'HOST_NAME', 'STATUS');
export const readLsfApplications = table('application-profile', 'APP_NAME');

export const lsfQueries: readonly Query[] = [
  { argv: ['bqueues', '-w'], kinds: ['queue'], read: readLsfQueues },
  { argv: ['bhosts', '-w'], kinds: ['host'], read: readLsfHosts },
  { argv: ['bapp', '-w'], kinds: ['application-profile'], read: readLsfApplications },
];
