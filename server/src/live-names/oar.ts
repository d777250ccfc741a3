/** What OAR knows: oarnodes(1), oarstat(1). */
import { namesOf, type NamesByKind, type Query } from './query.ts';

/** Properties that describe what a resource does at the moment, not what it is. */
const passing =
  /^(state|next_state|state_num|finaud_decision|next_finaud_decision|jobs|last_job_date|last_available_upto|available_upto|expiry_date|scheduler_priority|suspended_jobs|cpuset|drain|desktop_computing|type)$/;

/** `oarnodes -J`: an object with the properties of each resource under its number. */
export function readProperties(output: string): NamesByKind | undefined {
  const resources = membersIn(output);
  if (resources === undefined) return undefined;
  const names = resources.flatMap((one) => (typeof one === 'object' && one !== null ? Object.keys(one) : []));
  // everybody says nodes, which OAR knows as another word for network_address
  return { property: namesOf(['nodes', ...names.filter((name) => !passing.test(name))]) };
}

/** `oarstat -f -J`: the queues that jobs are in. Only administrators can list the others. */
export function readUsedQueues(output: string): NamesByKind | undefined {
  // without jobs it prints nothing at all
  if (output.trim() === '') return { 'used-queue': [] };
  const jobs = membersIn(output);
  if (jobs === undefined) return undefined;
  return {
    'used-queue': namesOf(
      jobs.flatMap((job) =>
        typeof job === 'object' && job !== null && 'queue' in job && typeof job.queue === 'string'
          ? [job.queue]
          : [],
      ),
    ),
  };
}

/** The values of a JSON object. */
function membersIn(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.values(value) : undefined;
  } catch {
    // Not what it prints when it works.
    return undefined;
  }
}

export const oarQueries: readonly Query[] = [
  // one resource has the properties of all
  { argv: ['oarnodes', '-J', '-r', '1'], kinds: ['property'], read: readProperties },
  { argv: ['oarstat', '-f', '-J'], kinds: ['used-queue'], read: readUsedQueues },
];
