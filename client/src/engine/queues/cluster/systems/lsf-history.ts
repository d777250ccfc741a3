/**
 * The text of `bhist -l`: for each job a paragraph `Job <123[4]>, Job Name <..>, User <..>...`, then events, each
 * begun by its time (`Mon Oct 22 09:22:06: Exited with exit code 3. ...;`). Lines break after 80 columns, followed by
 * blanks; dashed lines part the jobs.
 */
import type { Answer, Listing, NativeJob } from '../batch-system.ts';
import { failed, listed } from './answers.ts';
import { endOfLsf, termOf } from './lsf-ends.ts';

const HEAD = /^Job <(\d+)(?:\[(\d+)\])?>,/;
const EVENT = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: \d{4})?: /;

const SUBMITTED = /^[^<]{15,30}: Submitted from /;

/** Reads what has ended; of a job that has not, or of which it is not said how, nothing is said. */
export function readBhist(answer: Answer): Listing {
  const none = /no matching job found|no job found/i.test(`${answer.stderr}\n${answer.stdout}`);
  if (answer.trouble !== undefined || (answer.code !== 0 && !none)) return failed(answer, 'bhist');
  const jobs = paragraphs(answer.stdout).flatMap((lines) => endedJob(lines) ?? []);
  if (jobs.length === 0 && !none && !HEAD.test(answer.stdout.trimStart())) return failed(answer, 'bhist');
  return listed(jobs);
}

/** The jobs, each as its unbroken lines. */
function paragraphs(text: string): readonly (readonly string[])[] {
  const jobs: string[][][] = [];
  let open: string[][] | undefined;
  // what stands behind the last line break is no whole line
  for (const line of text.split('\n').slice(0, -1)) {
    if (HEAD.test(line)) jobs.push((open = [[line]]));
    else if (EVENT.test(line)) {
      // a job is submitted once: this is another one's, whose head is missing
      if (SUBMITTED.test(line) && open?.some(([event = '']) => SUBMITTED.test(event)) === true)
        open = undefined;
      open?.push([line]);
    }
    // a broken line goes on behind blanks
    else if (/^ {5,}\S/.test(line)) open?.at(-1)?.push(line.trim());
    // dashes, a summary, or a head that can't be read: what follows may be another job's
    else if (/^\S/.test(line)) open = undefined;
  }
  return jobs.map((lines) => lines.map((parts) => parts.join(' ')));
}

function endedJob([head = '', ...events]: readonly string[]): NativeJob | undefined {
  const [, base, index] = HEAD.exec(head) ?? [];
  if (base === undefined) return undefined;
  const task = index === undefined ? undefined : Number(index);
  const said = events.map((event) => event.replace(EVENT, ''));
  const started = said.findLastIndex((event) =>
    /^(Starting|Dispatched|Submitted|Pending)|requeued/.test(event),
  );
  const last = said.slice(started + 1);
  const completed = /^Completed <(done|exit)>(.*)/.exec(
    last.findLast((event) => event.startsWith('Completed')) ?? '',
  );
  const ended = last.findLast((event) => /^(Done successfully|Exited)\b/.test(event)) ?? '';
  const well = ended.startsWith('Done successfully');
  // it stands at the end of every job; the two say the same
  if (completed === null || (ended !== '' && well !== (completed[1] === 'done'))) return undefined;
  const code = /^Exited with exit code (\d{1,3})\b/.exec(ended)?.[1];
  const signal = /^Exited by signal (\d{1,2})\b/.exec(ended)?.[1];
  const term = termOf(`${ended} ${completed[2] ?? ''}`);
  const number =
    well || completed[1] === 'done'
      ? 0
      : code !== undefined
        ? Number(code)
        : signal === undefined
          ? undefined
          : 128 + Number(signal);
  if (number === 0 && code !== undefined) return undefined;
  return {
    id: task === undefined ? base : `${base}[${task}]`,
    base,
    ...(task !== undefined && { task }),
    stage: 'ended',
    word: number === 0 ? 'DONE' : 'EXIT',
    end: endOfLsf(number, term),
  };
}
