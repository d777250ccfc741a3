/** What Grid Engine says of all its jobs: qstat(1) of the living, qacct(1) of the dead. */
import type { NativeJob } from './system.ts';

const element = (text: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';

/** The ids of a row: `tasks` is empty, or a list of numbers and ranges (`3,5`, `1-7:2`), also where `-g d` asks for one by one. */
function idsOf(number: string, tasks: string): readonly string[] {
  if (tasks === '' || tasks === 'undefined') return [number];
  return tasks.split(',').flatMap((part) => {
    const [, first = part, last = first, step = '1'] = /^(\d+)-(\d+):(\d+)$/.exec(part) ?? [];
    const count = Math.floor((Number(last) - Number(first)) / Number(step)) + 1;
    return Array.from({ length: count }, (_, index) => `${number}.${Number(first) + index * Number(step)}`);
  });
}

/** `undefined` from `answers`: the command failed, as qacct does before the first job has ended. */
export async function gridEngineJobs(
  must: (name: string, ...args: readonly string[]) => Promise<string>,
  answers: (name: string, ...args: readonly string[]) => Promise<string | undefined>,
): Promise<readonly NativeJob[]> {
  const found = new Map<string, NativeJob>();
  const take = (number: string, tasks: string, name: string, state: string): void => {
    for (const id of idsOf(number, tasks)) found.set(id, { id, name, state });
  };
  // `z`: the latest that ended, and of these the only word about jobs that were deleted before they ran
  for (const which of ['z', 'prs']) {
    const xml = await must('qstat', '-xml', '-g', 'd', '-u', '*', '-s', which);
    for (const [, job = ''] of xml.matchAll(/<job_list[^>]*>(.*?)<\/job_list>/gs))
      take(
        element(job, 'JB_job_number'),
        element(job, 'tasks'),
        element(job, 'JB_name'),
        element(job, 'state'),
      );
  }
  const accounts = (await answers('qacct', '-j')) ?? '';
  for (const record of accounts.split(/^=+$/m)) {
    const fields = new Map(
      record.split('\n').map((line) => {
        const [key = '', ...value] = line.trim().split(/\s+/);
        return [key, value.join(' ')];
      }),
    );
    const field = (name: string): string => fields.get(name) ?? '';
    const failed = field('failed').split(' ', 1)[0] ?? '';
    // neither what precedes and follows the records, nor a job that was rescheduled, which is not its end
    if (failed === '' || failed === '24' || failed === '25') continue;
    const state = `z failed ${failed} exit_status ${field('exit_status').split(' ', 1)[0] ?? ''}`;
    take(field('jobnumber'), field('taskid'), field('jobname'), state);
  }
  return [...found.values()];
}
