/**
 * Hands batches to a batch system, each exactly once: the name is on record before the call, and a call
 * whose answer was lost is looked for by that name before it is made again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { storageError, StorageError } from '../../atomic-file.ts';
import { resubmission } from '../../wrapper-cluster.ts';
import type { BatchListener, BatchOutcome } from '../queue.ts';
import type { Batch } from './batch.ts';
import { batchScript, type ScriptHead, submissionTag, writeBatch } from './batch-files.ts';
import type { NativeJob, Submission, SubmitAnswer } from './batch-system.ts';
import type { Connection } from './connection.ts';
import { pause } from './pause.ts';
import { refusalSentence } from './refusal.ts';

export interface SubmitterOptions {
  readonly connection: Connection;
  readonly listener: BatchListener;
  /** As it is now. @throws Error with a sentence */
  readonly head: () => ScriptHead;
  /** Tasks of one array at once. */
  readonly atOnce: number | undefined;
  /** Whether anything of the batch is still to run. */
  readonly isWanted: (batch: Batch) => boolean;
  readonly onAccepted: (batch: Batch, accepted: Accepted) => void;
  readonly onWithdrawn: (batch: Batch) => void;
  /** It was not handed in, or not taken, and all of it was cancelled meanwhile. */
  readonly onUnwanted: (batch: Batch) => void;
}

export type Accepted = Extract<BatchOutcome, { type: 'accepted' }>;

const STORAGE_AGAIN_MS = 5_000;
const RECORD_AGAIN_MS = 2_000;
const LONGEST_SEARCH_PAUSE_MS = 300_000;
/** How often a name must not be found before nothing of that name counts as submitted. */
const SEARCHES = 2;

export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #closed = new AbortController();

  constructor(options: SubmitterOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the batch was taken or withdrawn, or this was closed. Rejects with a sentence when its script
   * can't be made; the batch is on record then, and nothing of it was handed in.
   */
  async submit(batch: Batch): Promise<void> {
    if (!(await this.#intend(batch))) return;
    const submission = await this.#write(batch);
    if (submission !== undefined) await this.#handIn(batch, submission);
  }

  /** Whether nobody waits for the batch any more: then it is let go. */
  #letGo(batch: Batch): boolean {
    const { listener, isWanted, onUnwanted } = this.#options;
    if (isWanted(batch)) return false;
    listener.onTrouble(undefined);
    onUnwanted(batch);
    return true;
  }

  /** Gives a batch back without handing it in. */
  async giveBack(batch: Batch, detail: string): Promise<void> {
    if (!(await this.#intend(batch))) return;
    this.#options.onWithdrawn(batch);
    this.#options.listener.onBatch({ type: 'withdrawn', name: batch.name, detail });
  }

  /** Puts the batch on record; false once this is closed or nobody waits for it. */
  async #intend(batch: Batch): Promise<boolean> {
    const { name, firstTask, jobs } = batch;
    const { listener, connection } = this.#options;
    const intent = {
      type: 'batch',
      name,
      system: connection.system.system,
      ...(firstTask === undefined ? {} : { firstTask }),
      jobs: jobs.map(({ job, attempt }) => ({ ...job, attempt })),
    } as const;
    while (!(await listener.intend(intent))) {
      await this.#pause(RECORD_AGAIN_MS);
      if (this.#isClosed() || this.#letGo(batch)) return false;
    }
    return true;
  }

  /** Finds out what became of a batch whose answer an earlier engine did not live to see. */
  recover(batch: Batch): Promise<'found' | 'not-there' | 'closed'> {
    return this.#look(batch);
  }

  close(): void {
    this.#closed.abort();
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #pause(milliseconds: number): Promise<void> {
    return pause(milliseconds, this.#closed.signal);
  }

  async #handIn(batch: Batch, first: Submission): Promise<void> {
    const { connection, listener, onWithdrawn } = this.#options;
    let submission = first;
    for (let tries = 0; !this.#isClosed(); tries++) {
      if (this.#letGo(batch)) return;
      const answer = await connection.submit(submission);
      if (this.#isClosed()) return;
      switch (answer.kind) {
        case 'accepted':
          this.#accept(batch, answer.id, answer.taskIds);
          return;
        case 'refused':
          listener.onTrouble(undefined);
          onWithdrawn(batch);
          listener.onBatch({
            type: 'withdrawn',
            name: batch.name,
            detail: refusalSentence(submission, answer),
          });
          return;
        case 'busy':
          listener.onTrouble(`Jobs wait to be submitted. ${answer.sentence}${hintFor(batch, answer)}`);
          break;
        case 'unclear': {
          listener.onTrouble(`Looking whether the jobs were submitted. ${answer.sentence}`);
          if ((await this.#look(batch)) !== 'not-there') return;
          batch.submission++;
          const again = await this.#write(batch);
          if (again === undefined) return;
          submission = again;
          break;
        }
      }
      await this.#pause(retryAfter(connection.timing.retries, tries));
    }
  }

  #accept(batch: Batch, nativeId: string, taskIds?: readonly string[]): void {
    const { listener, onAccepted } = this.#options;
    const accepted: Accepted = {
      type: 'accepted',
      name: batch.name,
      nativeId,
      ...(taskIds === undefined ? {} : { taskIds }),
    };
    listener.onBatch(accepted);
    listener.onTrouble(undefined);
    onAccepted(batch, accepted);
  }

  /** Searches for the batch by its name, more than once: a system may take a moment to show what it took. */
  async #look(batch: Batch): Promise<'found' | 'not-there' | 'closed'> {
    const { connection, listener } = this.#options;
    let misses = 0;
    for (let failures = 0; ;) {
      const listing = await connection.find(batch.name);
      if (this.#isClosed()) return 'closed';
      if (listing.kind === 'failed') {
        failures++;
        listener.onTrouble(`Looking whether jobs were submitted. ${listing.sentence}`);
      } else if (listing.jobs.length > 0) {
        this.#acceptFound(batch, listing.jobs);
        return 'found';
      } else if (++misses >= SEARCHES) {
        return 'not-there';
      }
      await this.#pause(Math.min(connection.timing.findAgain * 2 ** failures, LONGEST_SEARCH_PAUSE_MS));
      if (this.#isClosed()) return 'closed';
    }
  }

  /** More than one submission under the name: the first one counts, what is left of the others is ended. */
  #acceptFound(batch: Batch, rows: readonly NativeJob[]): void {
    const { connection, listener } = this.#options;
    const [first, ...others] = submissionsIn(rows);
    if (first === undefined) return;
    // what the system itself submitted again goes on
    const again = new Set(rows.map(({ resubmittedAs }) => resubmittedAs));
    for (const { base } of others) {
      if (again.has(base)) continue;
      void connection.cancel([{ base }]).then((verdict) => {
        if (verdict.kind === 'failed')
          listener.onNotice(`${batch.name} was submitted twice. ${verdict.sentence}`);
      });
    }
    this.#accept(
      batch,
      first.base,
      batch.firstTask === undefined ? undefined : taskIdsOf(first.rows, first.base, batch.firstTask),
    );
  }

  /** Tries until the disk takes it; undefined once this is closed or nobody waits for the batch. */
  async #write(batch: Batch): Promise<Submission | undefined> {
    while (!this.#isClosed() && !this.#letGo(batch)) {
      try {
        return this.#writeNow(batch);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        this.#options.listener.onTrouble(error.message);
      }
      await this.#pause(STORAGE_AGAIN_MS);
    }
    return undefined;
  }

  #writeNow(batch: Batch): Submission {
    const { connection, head, atOnce } = this.#options;
    const { name, folder, submission, firstTask } = batch;
    const directories = batch.jobs.map(({ job }) => job.directory);
    const place = { folder, name, submission, firstTask, atOnce, directories };
    const own = firstTask === undefined ? batch.jobs[0]?.job.prepared : undefined;
    const prepared = own?.script;
    // its own text can't tell two submissions apart
    const isAsItIs = submission === 1 && connection.system.restartsUnderNewId !== true;
    const local = prepared !== undefined && isAsItIs ? prepared : batchScript(place);
    const trouble = connection.system.pathTrouble?.(connection.pathThere(local));
    if (trouble !== undefined) throw new Error(trouble);
    let text = writeBatch(place, connection.system, head(), (file) => connection.pathThere(file));
    if (prepared !== undefined) {
      try {
        text = readFileSync(prepared, 'utf8');
        if (!isAsItIs) {
          text = resubmission(text, submissionTag(place));
          writeFileSync(local, text, { mode: 0o755 });
        }
      } catch (error) {
        throw storageError('read', prepared, error);
      }
    }
    return {
      name,
      script: connection.pathThere(local),
      text,
      directory: connection.pathThere(own?.directory ?? folder),
    };
  }
}

/** An array that is larger than a person may submit waits in vain. */
function hintFor({ jobs }: Batch, { tooMany }: Extract<SubmitAnswer, { kind: 'busy' }>): string {
  if (tooMany !== true || jobs.length === 1) return '';
  return ` This is an array of ${jobs.length} jobs. If you may never have that many there, set a lower maxJobs for the queue, cancel the sweep and launch it again.`;
}

const retryAfter = (retries: readonly number[], tries: number): number =>
  retries[Math.min(tries, retries.length - 1)] ?? 0;

/** Rows by submission, the earliest first, those with unfinished jobs before others. */
function submissionsIn(
  rows: readonly NativeJob[],
): readonly { readonly base: string; readonly rows: readonly NativeJob[] }[] {
  const byBase = Map.groupBy(rows, ({ base }) => base);
  const isOver = (some: readonly NativeJob[]): number =>
    some.every(({ stage }) => stage === 'ended') ? 1 : 0;
  const since = (some: readonly NativeJob[]): number => some[0]?.submittedAt ?? 0;
  return [...byBase]
    .map(([base, some]) => ({ base, rows: some }))
    .sort((a, b) => isOver(a.rows) - isOver(b.rows) || since(a.rows) - since(b.rows));
}

/** Ids of the tasks where they have some of their own: neither the array's, nor made of it. */
function taskIdsOf(rows: readonly NativeJob[], base: string, first: number): readonly string[] | undefined {
  const tasks = rows.filter(({ task }) => task !== undefined);
  const stem = base.split('[', 1)[0] ?? base;
  const own = tasks.some(
    ({ id }) => id !== base && !/^[^0-9]/.test(id.startsWith(stem) ? id.slice(stem.length) : '0'),
  );
  if (!own) return undefined;
  // some may have left the listing already
  const ids = new Map(tasks.map(({ task = first, id }) => [task - first, id]));
  return Array.from({ length: Math.max(...ids.keys()) + 1 }, (_, place) => ids.get(place) ?? '');
}
