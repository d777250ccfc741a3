/** Verbs that change a sweep. Whoever runs it is asked; when nobody does, this process takes it over. */
import type { Phase, SweepRequest } from '#engine/events.ts';
import type { JobState } from '#engine/sweep-state.ts';
import { requestRefusal } from '#engine/queues/cluster/requests.ts';
import type { Disposable, Sweeps, SweepView } from '#engine/sweeps.ts';
import { summaryDocument } from '../documents.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { jobIsActive, until } from '../follow.ts';
import { runInForeground } from '../foreground.ts';
import { printable } from '../format/printable.ts';
import { findSweep, jobNumbers } from '../naming.ts';
import { headline } from '../report.ts';
import { withSweeps } from '../session.ts';
import type { Call, Verb } from '../verb.ts';
import { RUN_FLAGS } from './launch.ts';

/** `said`: what the sweep had said before the request, by `noticeKey`. */
type Continuation = (
  sweeps: Sweeps,
  view: SweepView,
  call: Call,
  said: ReadonlySet<string>,
) => Promise<ExitCode>;

/** Finds the sweep, has the request taken, then goes on with it unless another process runs the sweep. */
async function ask(
  call: Call,
  requestFor: (sweep: string) => SweepRequest,
  whenOurs: Continuation,
): Promise<ExitCode> {
  return withSweeps(call, async ({ sweeps, root }) => {
    const view = findSweep(sweeps.list(), call.positionals[0] ?? '', root);
    const request = requestFor(view.id);
    const said = new Set(view.state.notices.map(noticeKey));
    try {
      await sweeps.request(view.id, request);
    } catch (error) {
      // asked for before, by somebody who is gone: this process now sees it through
      if (view.owner.kind !== 'here' || view.state.phase !== UNDER_WAY[request.type]) throw error;
    }
    const next = view.owner.kind === 'elsewhere' ? acknowledge : whenOurs;
    return next(sweeps, view, call, said);
  });
}

const UNDER_WAY: Readonly<Partial<Record<SweepRequest['type'], Phase>>> = {
  stop: 'stopping',
  cancel: 'cancelling',
};

const stay: Continuation = (sweeps, view, call) => runInForeground(sweeps, view, call);

const acknowledge: Continuation = (_sweeps, view, { output }) => {
  output.document(summaryDocument(view));
  output.line(headline(view, Date.now()));
  return Promise.resolve(EXIT.ok);
};

export const pause: Verb = {
  name: 'pause',
  synopsis: 'SWEEP',
  summary: 'start no new jobs until the sweep is resumed; running jobs go on',
  arity: { least: 1, most: 1 },
  flags: ['root'],
  run: (call) => ask(call, () => ({ type: 'pause' }), acknowledge),
};

export const stop: Verb = {
  name: 'stop',
  synopsis: 'SWEEP',
  summary: 'start no new jobs; the sweep ends when the running ones have ended',
  arity: { least: 1, most: 1 },
  flags: ['root', 'grace', 'queues'],
  run: (call) => ask(call, () => ({ type: 'stop' }), stay),
};

export const resume: Verb = {
  name: 'resume',
  synopsis: 'SWEEP',
  summary: 'go on with a paused sweep, or with one that nobody runs',
  arity: { least: 1, most: 1 },
  flags: ['root', ...RUN_FLAGS],
  run: (call) => ask(call, () => ({ type: 'resume' }), stay),
};

export const cancel: Verb = {
  name: 'cancel',
  synopsis: 'SWEEP [JOB…]',
  summary: 'end a sweep and its running jobs now, or only some jobs',
  arity: { least: 1, most: Infinity },
  flags: ['root', 'grace', 'queues'],
  run: (call) => {
    const words = call.positionals.slice(1);
    let jobs: readonly number[] = [];
    return ask(
      call,
      (sweep) => {
        jobs = jobNumbers(words, sweep);
        return words.length === 0 ? { type: 'cancel' } : { type: 'cancel', jobs };
      },
      async (sweeps, view, _call, said) => {
        // a job is ended by whoever runs the sweep: stay until it is done
        const telling = onRefusal(sweeps, view, said, (sentence) =>
          call.output.warn(`${view.id}: ${sentence}`),
        );
        try {
          if (words.length === 0) await sweeps.settled(view.id);
          else await until(sweeps, view, () => !jobs.some((job) => jobIsActive(view, job)));
        } finally {
          telling.dispose();
        }
        return acknowledge(sweeps, view, call, said);
      },
    );
  },
};

/** Tells what a batch system did not grant beyond what was `said`, in its own words; the same sentence once. */
function onRefusal(
  sweeps: Sweeps,
  view: SweepView,
  said: ReadonlySet<string>,
  tell: (sentence: string) => void,
): Disposable {
  const told = new Set<string>();
  const look = (): void => {
    for (const notice of view.state.notices) {
      const { detail } = notice;
      if (requestRefusal(detail) === undefined || said.has(noticeKey(notice)) || told.has(detail)) continue;
      told.add(detail);
      tell(printable(detail));
    }
  };
  look();
  return sweeps.onDidChange(({ sweep }) => {
    if (sweep === view.id) look();
  });
}

const noticeKey = ({ at, detail }: SweepView['state']['notices'][number]): string => `${at} ${detail}`;

/** A request about jobs that wait in a batch system. */
const waiting = (type: 'hold' | 'release', summary: string): Verb => ({
  name: type,
  synopsis: 'SWEEP [JOB…]',
  summary,
  arity: { least: 1, most: Infinity },
  flags: ['root', 'queues'],
  run: (call) => {
    const words = call.positionals.slice(1);
    let jobs: readonly number[] | undefined;
    return ask(
      call,
      (sweep) => {
        jobs = words.length === 0 ? undefined : jobNumbers(words, sweep);
        return jobs === undefined ? { type } : { type, jobs };
      },
      async (sweeps, view, _call, said) => {
        // the batch system is asked by whoever runs the sweep: stay until it shows
        let refusal: string | undefined;
        const listening = onRefusal(sweeps, view, said, (sentence) => (refusal = sentence));
        try {
          await until(
            sweeps,
            view,
            () =>
              refusal !== undefined ||
              concerned(view, jobs).every((job) => (job.reason === 'held') === (type === 'hold')),
          );
        } finally {
          listening.dispose();
        }
        if (refusal !== undefined) throw new CommandFailure('refused', refusal);
        return acknowledge(sweeps, view, call, said);
      },
    );
  },
});

/** Those of the jobs that wait in the batch system now. */
function concerned({ state }: SweepView, jobs: readonly number[] | undefined): readonly JobState[] {
  const all = jobs === undefined ? state.jobs : jobs.flatMap((index) => state.jobs[index] ?? []);
  return all.filter((job) => job.state === 'submitted');
}

export const hold = waiting('hold', 'keep jobs that wait in a batch system from starting');
export const release = waiting('release', 'let held jobs start');

export const retry: Verb = {
  name: 'retry',
  synopsis: 'SWEEP [JOB…|--failed]',
  summary: 'run failed and lost jobs again, or the jobs named',
  arity: { least: 1, most: Infinity },
  flags: ['root', 'failed', ...RUN_FLAGS],
  run: (call) => {
    const words = call.positionals.slice(1);
    if (words.length > 0 && call.flags.failed === true) {
      throw new CommandFailure('usage', 'Name jobs or write --failed, not both.');
    }
    return ask(
      call,
      (sweep) => ({ type: 'retry', jobs: words.length === 0 ? 'failed' : jobNumbers(words, sweep) }),
      stay,
    );
  },
};
