/** What TORQUE and PBS Pro know, and Moab above them: qstat(1B). */
import type { SiteName } from '#core/batch/site-names.ts';
import type { NamesByKind, Query } from './query.ts';

/** Blocks of `Queue: name` and indented attributes. Anything else is the answer of another qstat. */
export function readQueues(output: string): NamesByKind | undefined {
  const queue = output.split(/^(?=Queue:\s)/m).flatMap((block): readonly SiteName[] => {
    const name = /^Queue:\s*(\S+)\s*$/m.exec(block)?.[1];
    if (name === undefined || !block.startsWith('Queue:')) return [];
    const attributes = new Map(
      [...block.matchAll(/^\s+([\w.]+)\s*=\s*(.*?)\s*$/gm)].map(([, key = '', value = '']) => [key, value]),
    );
    const limit = attributes.get('resources_max.walltime');
    const detail = [
      ...(attributes.get('enabled') === 'False' ? ['takes no jobs'] : []),
      ...(attributes.get('started') === 'False' ? ['stopped'] : []),
      ...(limit === undefined ? [] : [`at most ${limit}`]),
    ].join(', ');
    return [{ name, ...(detail !== '' && { detail }) }];
  });
  return queue.length === 0 ? undefined : { queue };
}

export const pbsQueries: readonly Query[] = [
  { argv: ['qstat', '-Q', '-f'], kinds: ['queue'], read: readQueues },
];
