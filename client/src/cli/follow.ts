import { isActive, isFinal, type JobState } from '#engine/sweep-state.ts';
import type { Sweeps, SweepView } from '#engine/sweeps.ts';
import { Throttle } from '#engine/throttle.ts';
import {
  endedCount,
  estimateRemaining,
  progressLine,
  progressOf,
  progressSentence,
} from './format/progress.ts';
import { printable } from './format/printable.ts';
import { stepFor, stepSentence } from './interruption.ts';
import { reasonOf } from './format/jobs.ts';
import type { Interruption } from './terminal.ts';
import type { Call } from './verb.ts';
import { shownPath } from './workspace.ts';

/** How following a sweep ended. */
export type Ending =
  /** The sweep is over, or paused with nothing running. */
  | { readonly cause: 'settled'; readonly interrupted: Interruption | undefined }
  /** This process was told to go; jobs go on. */
  | { readonly cause: 'left'; readonly signal: Interruption }
  /** Only watched: whoever ran the sweep is gone. */
  | { readonly cause: 'abandoned' }
  | { readonly cause: 'removed' };

export interface FollowOptions {
  /** `run`: this process runs the sweep, and Ctrl-C stops it. `watch`: somebody else does, and Ctrl-C only leaves. */
  readonly role: 'run' | 'watch';
  /** Called at most once a second while things change. */
  readonly onChange?: (view: SweepView) => void;
}

const REDRAW_INTERVAL = 100;
const LOG_INTERVAL = 5000;
const CHANGE_INTERVAL = 1000;
const TICK = 1000;
/** Failed jobs that are told as they happen; the closing report names the others. */
const FAILURES_TOLD = 5;

/**
 * Follows a sweep until it has settled, showing progress, failures and notices on the way, and obeying Ctrl-C.
 * Throws when the sweep is unknown.
 */
export async function follow(
  sweeps: Sweeps,
  id: string,
  call: Call,
  options: FollowOptions,
): Promise<Ending> {
  const view = sweeps.get(id);
  if (view === undefined) throw new Error(`There is no sweep ${id} any more.`);
  const news = new News(view, call);
  const progress = progressDrawer(view, call);
  const changes = new Throttle(CHANGE_INTERVAL, () => options.onChange?.(view));
  const update = (): void => {
    progress.request();
    changes.request();
  };

  const ending = await new Promise<Ending>((resolve, reject) => {
    let presses = 0;
    let firstSignal: Interruption | undefined;
    const subscription = sweeps.onDidChange((change) => {
      if (change.sweep !== id) return;
      if (change.type === 'removed') finish({ cause: 'removed' });
      else {
        if (change.type === 'changed') news.tell(change.jobs);
        update();
      }
    });
    const forget = call.terminal.onInterruption((signal) => {
      firstSignal ??= signal;
      const step = options.role === 'watch' ? 'leave' : stepFor(signal, presses);
      presses += 1;
      if (options.role === 'run') call.output.warn(stepSentence(step, id, runningCount(view)));
      if (step === 'leave') finish({ cause: 'left', signal });
      else sweeps.request(id, { type: step }).catch(explain);
    });
    const ticking = setInterval(() => {
      news.tell([]);
      progress.request();
      if (options.role === 'watch' && isAbandoned(view)) finish({ cause: 'abandoned' });
    }, TICK);
    const explain = (error: unknown): void => {
      call.output.warn(error instanceof Error ? error.message : String(error));
    };
    const finish = (how: Ending): void => {
      subscription.dispose();
      forget();
      clearInterval(ticking);
      resolve(how);
    };

    update();
    if (options.role === 'watch' && isAbandoned(view)) finish({ cause: 'abandoned' });
    sweeps.settled(id).then(() => finish({ cause: 'settled', interrupted: firstSignal }), reject);
  }).finally(() => {
    progress.dispose();
    changes.dispose();
    call.output.progress('');
  });
  if (ending.cause !== 'removed') news.tell([]);
  return ending;
}

/** Resolves as soon as `holds` is true of the sweep, asked after each of its changes. */
export async function until(
  sweeps: Sweeps,
  view: SweepView,
  holds: (view: SweepView) => boolean,
): Promise<void> {
  if (holds(view)) return;
  await new Promise<void>((resolve) => {
    const subscription = sweeps.onDidChange((change) => {
      if (change.sweep !== view.id || (change.type !== 'removed' && !holds(view))) return;
      subscription.dispose();
      resolve();
    });
  });
}

/** Something of the sweep runs or should run, and nobody looks after it. */
export function isAbandoned(view: SweepView): boolean {
  if (view.owner.kind !== 'nobody' || isFinal(view.state.phase)) return false;
  return view.state.phase !== 'paused' || runningCount(view) > 0;
}

function runningCount({ state }: SweepView): number {
  return state.counts.running + state.counts.submitted;
}

/** What happened since the last look: failed jobs, notices, brakes, trouble. */
class News {
  readonly #view: SweepView;
  readonly #call: Call;
  #failuresTold = 0;
  #lastNotice: number;
  #trouble: string | undefined;
  #phaseDetail: string | undefined;

  constructor(view: SweepView, call: Call) {
    this.#view = view;
    this.#call = call;
    this.#lastNotice = view.state.notices.at(-1)?.at ?? 0;
    this.#phaseDetail = view.state.phaseDetail;
  }

  tell(jobs: readonly number[]): void {
    for (const index of jobs) {
      const job = this.#view.state.jobs[index];
      if (job !== undefined && (job.state === 'failed' || job.state === 'lost')) this.#tellFailure(job);
    }
    for (const notice of this.#view.state.notices) {
      if (notice.at <= this.#lastNotice) continue;
      this.#lastNotice = notice.at;
      this.#call.output.warn(`${this.#view.id}: ${printable(notice.detail)}`);
    }
    const { phaseDetail } = this.#view.state;
    // a brake: said at once, the jobs that run may take long to end
    if (phaseDetail !== this.#phaseDetail && phaseDetail !== undefined) {
      this.#call.output.note(`${this.#view.id}: ${printable(phaseDetail)}`);
    }
    this.#phaseDetail = phaseDetail;
    if (this.#view.trouble !== this.#trouble) {
      this.#trouble = this.#view.trouble;
      this.#call.output.warn(
        `${this.#view.id}: ${this.#trouble === undefined ? 'the trouble is over.' : printable(this.#trouble)}`,
      );
    }
  }

  #tellFailure(job: JobState): void {
    this.#failuresTold += 1;
    const { output, terminal } = this.#call;
    if (this.#failuresTold > FAILURES_TOLD) return;
    const log = shownPath(this.#view.jobLogs(job.index).stderr, terminal.cwd);
    output.note(
      output.paintNotes('red', `${this.#view.id}/${job.index} ${job.state}: ${reasonOf(job)}`) +
        (job.startedAt === undefined ? '' : output.paintNotes('faint', `  ${printable(log)}`)),
    );
    if (this.#failuresTold === FAILURES_TOLD) output.note('More failures are listed at the end.');
  }
}

/** A line that redraws itself on a terminal, now and then a plain line in a log. */
function progressDrawer(view: SweepView, { output, terminal }: Call): Throttle {
  const startedAt = Date.now();
  const endedBefore = endedCount(view.state.counts);
  const unicode = speaksUnicode(terminal.env, terminal.platform);
  let lastLine = '';
  const current = () => {
    const ended = endedCount(view.state.counts);
    const busy = view.state.jobs.length > 0 && view.state.phase === 'running';
    const remaining = estimateRemaining(
      ended,
      busy ? view.state.total : undefined,
      ended - endedBefore,
      Date.now() - startedAt,
    );
    return progressOf(view.state, remaining);
  };
  if (output.live) {
    return new Throttle(REDRAW_INTERVAL, () => {
      const width = terminal.stderr.columns - 1;
      output.progress(progressLine(current(), { width, unicode, paint: output.paintNotes }));
    });
  }
  return new Throttle(LOG_INTERVAL, () => {
    const line = progressSentence(current());
    if (line !== lastLine) output.note(line);
    lastLine = line;
  });
}

/** Whether the terminal shows characters beyond ASCII. */
function speaksUnicode(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  if (platform === 'win32') return env['WT_SESSION'] !== undefined;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /utf-?8/i.test(locale ?? '');
}

/** Whether the job is in a queue's hands. */
export const jobIsActive = (view: SweepView, index: number): boolean => {
  const job = view.state.jobs[index];
  return job !== undefined && isActive(job.state);
};
