/** Turns a job's two output files into one stream of terminal text, until the job ends, and again when it is retried. */
import type { JobState } from '#engine/sweep-state.ts';
import { formatBytes } from '../presentation/duration.ts';
import { endSentence, hasEnded } from '../presentation/job.ts';
import { errorOutput, remark, terminalLines } from '../presentation/terminal-text.ts';
import { FileTail } from './file-tail.ts';

type StreamName = 'stdout' | 'stderr';

export interface FollowedJob {
  /** `quadratic-7/12` */
  readonly id: string;
  /** Absolute paths of what it prints. */
  readonly logs: Readonly<Record<StreamName, string>>;
  /** The job as it is now; undefined when its sweep was deleted. */
  readonly state: () => JobState | undefined;
  readonly write: (text: string) => void;
}

interface Stream {
  readonly name: StreamName;
  tail: FileTail;
  endedWithReturn: boolean;
}

/** What is left to do: more to read now, wait for more output, or nothing until the job is retried. */
export type Progress = 'more' | 'waiting' | 'ended';

export class LogFollower {
  readonly #job: FollowedJob;
  readonly #streams: readonly Stream[];
  #attempt: number | undefined;
  #endWritten = false;
  #waitWritten = false;

  constructor(job: FollowedJob) {
    this.#job = job;
    this.#streams = (['stdout', 'stderr'] as const).map((name) => ({
      name,
      tail: this.#tailOf(name),
      endedWithReturn: false,
    }));
  }

  /** Writes what is new. Throws what the file system throws. */
  async step(): Promise<Progress> {
    // the state is read before the files: a job that has ended by now has written everything
    const state = this.#job.state();
    if (state === undefined) return this.#end('This job was deleted.');
    this.#enterAttempt(state);

    let atEnd = true;
    for (const stream of this.#streams) atEnd = (await this.#forward(stream)) && atEnd;
    if (!atEnd) return 'more';
    if (hasEnded(state)) return this.#end(endSentence(this.#job.id, state));
    if (state.state === 'queued' && !this.#waitWritten) {
      this.#waitWritten = true;
      this.#job.write(remark(`${this.#job.id} is queued. Its output will appear here.`));
    }
    return 'waiting';
  }

  #enterAttempt(state: JobState): void {
    if (this.#attempt === state.attempt) return;
    if (this.#attempt !== undefined) this.#job.write(remark(`Attempt ${state.attempt}`));
    this.#attempt = state.attempt;
    this.#endWritten = false;
    this.#waitWritten = false;
  }

  /** Whether the stream was read to its end. */
  async #forward(stream: Stream): Promise<boolean> {
    const piece = await stream.tail.read();
    if (piece.skipped > 0) {
      const file = this.#job.logs[stream.name];
      this.#job.write(remark(`… ${formatBytes(piece.skipped)} left out; all of it is in ${file}`));
    }
    if (piece.text !== '') {
      const text = terminalLines(piece.text, stream.endedWithReturn);
      stream.endedWithReturn = piece.text.endsWith('\r');
      this.#job.write(stream.name === 'stderr' ? errorOutput(text) : text);
    }
    return piece.atEnd;
  }

  #end(sentence: string): Progress {
    if (!this.#endWritten) this.#job.write(`\r\n${remark(sentence)}`);
    this.#endWritten = true;
    return 'ended';
  }

  #tailOf(name: Stream['name']): FileTail {
    return new FileTail(this.#job.logs[name]);
  }
}
