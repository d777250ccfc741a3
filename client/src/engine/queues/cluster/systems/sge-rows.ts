/** What `qstat -xml` and `qacct -j` print, as jobs. */
import type { Answer, Listing, NativeJob } from '../batch-system.ts';
import { failed, listed } from './answers.ts';
import { sgeEnd, sgeState, type SgeRecord } from './sge-states.ts';
import { tasksIn } from './tasks.ts';
import { ctime, isoTime } from './times.ts';
import { elementsNamed, readXml, textOf, type XmlElement } from './xml.ts';

/** The answer of `qstat -xml`. */
export function readQstat(answer: Answer): Listing {
  const root = answer.code === 0 && answer.trouble === undefined ? readXml(answer.stdout) : undefined;
  if (root?.name !== 'job_info') return failed(answer, 'qstat');
  return listed(elementsNamed(root, 'job_list').flatMap(listedJobs));
}

function listedJobs(element: XmlElement): readonly NativeJob[] {
  const base = textOf(element, 'JB_job_number') ?? '';
  const word = textOf(element, 'state') ?? '';
  if (!/^\d{1,10}$/.test(base) || word === '') return [];
  const tasks = textOf(element, 'tasks');
  const state = sgeState(word, textOf(element, 'predecessor_jobs'));
  const queue = textOf(element, 'queue_name');
  const [partition, node] = queue?.split('@', 2) ?? [];
  const name = textOf(element, 'full_job_name') ?? textOf(element, 'JB_name');
  const user = textOf(element, 'JB_owner');
  const submittedAt = isoTime(textOf(element, 'JB_submission_time'));
  const startedAt = isoTime(textOf(element, 'JAT_start_time'));
  const row = {
    id: base,
    base,
    word,
    ...state,
    ...(name !== undefined && { name }),
    ...(user !== undefined && { user }),
    ...(partition !== undefined && { partition }),
    ...(node !== undefined && { nodes: node }),
    ...(submittedAt !== undefined && { submittedAt }),
    ...(startedAt !== undefined && { startedAt }),
  };
  if (tasks === undefined) return [row];
  return (tasksIn(tasks) ?? []).map((task) => ({ ...row, id: `${base}.${task}`, task }));
}

/** What qacct says when it has nothing: the job still runs, is not written down yet, or nobody keeps accounts here. */
const nothingKnown = /^error: job (id|name) \S+ not found|accounting\S*: No such file or directory/m;

/** The answer of `qacct -j`. Of several runs of one job the last counts. */
export function readQacct(answer: Answer): Listing {
  if (answer.trouble === 'not-found') return listed([]);
  if (answer.trouble === undefined && answer.code === 1 && nothingKnown.test(answer.stderr))
    return listed([]);
  const records = recordsIn(answer.stdout);
  if (answer.code !== 0 || answer.trouble !== undefined || records === undefined)
    return failed(answer, 'qacct');
  const last = new Map<string, NativeJob>();
  for (const record of records) {
    const job = recordedJob(record);
    if (job !== undefined) last.set(job.id, job);
  }
  return listed([...last.values()]);
}

/** undefined: nothing of the kind, or cut off. */
function recordsIn(text: string): readonly SgeRecord[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  const records: Map<string, string>[] = [];
  for (const line of text.split('\n')) {
    if (/^={20,}$/.test(line)) records.push(new Map());
    else {
      const field = /^(\w+) +(\S.*)?$/.exec(line.trimEnd());
      const name = field?.[1];
      const record = records.at(-1);
      // a second value means that the line between two records is gone
      if (name !== undefined && record !== undefined)
        record.set(name, record.has(name) ? 'ambiguous' : (field?.[2] ?? ''));
    }
  }
  return records.length === 0 ? undefined : records;
}

function recordedJob(record: SgeRecord): NativeJob | undefined {
  const base = record.get('jobnumber') ?? '';
  const taskId = record.get('taskid') ?? '';
  const state = sgeEnd(record);
  if (!/^\d{1,10}$/.test(base) || !/^(\d{1,9}|undefined)$/.test(taskId) || state === undefined)
    return undefined;
  const task = taskId === 'undefined' ? undefined : Number(taskId);
  const submittedAt = ctime(record.get('qsub_time'));
  const startedAt = ctime(record.get('start_time'));
  const endedAt = ctime(record.get('end_time'));
  const text = (field: string, key: 'name' | 'user' | 'nodes' | 'partition'): Partial<NativeJob> => {
    const value = record.get(field);
    return value === undefined || value === '' || value === 'UNKNOWN' ? {} : { [key]: value };
  };
  return {
    id: task === undefined ? base : `${base}.${task}`,
    base,
    ...(task !== undefined && { task }),
    word: `failed ${record.get('failed') ?? ''}, exit_status ${record.get('exit_status') ?? ''}`,
    ...state,
    ...text('jobname', 'name'),
    ...text('owner', 'user'),
    ...text('hostname', 'nodes'),
    ...text('qname', 'partition'),
    ...(submittedAt !== undefined && { submittedAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(state.stage === 'ended' && endedAt !== undefined && { endedAt }),
  };
}
