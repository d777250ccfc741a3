/** What the journal tells of a job's life in a batch system: which submission it is part of, and its native id. Pure. */
import type { JournalEvent, NativeStage } from './events.ts';

/** A submission that was journaled. */
export interface BatchRecord {
  readonly name: string;
  readonly system: string;
  /** Index of the array's first task; undefined when the submission is one plain job. */
  readonly firstTask: number | undefined;
  /** Job and attempt, in the order of the array's tasks. */
  readonly jobs: readonly (readonly [job: number, attempt: number])[];
  /** undefined: not known to be taken. */
  readonly accepted: { readonly nativeId: string; readonly taskIds?: readonly string[] } | undefined;
}

/** A job as its batch system knows it. */
export interface NativeState {
  readonly batch: BatchRecord;
  /** Place of the job in the batch, from 0. */
  readonly place: number;
  /** The id of its own, where the system gave it one that the batch doesn't tell. */
  readonly id?: string;
  readonly word?: string;
  readonly stage?: NativeStage;
  /** Whether it will not go on by itself: somebody must act. */
  readonly stuck?: boolean;
}

/** The id by which people and commands speak of a job: of the task, as far as the batch tells. undefined: not taken yet. */
export function nativeIdOf({ batch, place, id }: NativeState): string | undefined {
  const { accepted, firstTask } = batch;
  if (id !== undefined || accepted === undefined) return id;
  const own = accepted.taskIds?.[place] ?? '';
  if (own !== '') return own;
  if (firstTask === undefined) return accepted.nativeId;
  return taskId(batch.system, accepted.nativeId, firstTask + place);
}

/** The task of an array as the system's commands take it. */
function taskId(system: string, array: string, task: number): string {
  if (system === 'slurm') return `${array}_${task}`;
  if (system === 'sge') return `${array}.${task}`;
  if (array.includes('[]')) return array.replace('[]', `[${task}]`);
  return `${array}[${task}]`;
}

/** The batches of one sweep, as events tell of them. */
export class BatchFold {
  readonly #batches = new Map<string, BatchRecord>();

  /** What the jobs of the event's batch are from now on. */
  apply(event: Extract<JournalEvent, { type: 'batch' | 'accepted' | 'withdrawn' }>): BatchRecord | undefined {
    switch (event.type) {
      case 'batch': {
        const { name, system, firstTask, jobs } = event;
        const batch: BatchRecord = { name, system, firstTask, jobs, accepted: undefined };
        this.#batches.set(name, batch);
        return batch;
      }
      case 'accepted': {
        const known = this.#batches.get(event.name);
        if (known === undefined) return undefined;
        const { nativeId, taskIds } = event;
        const batch = {
          ...known,
          accepted: { nativeId, ...(taskIds === undefined ? {} : { taskIds }) },
        };
        this.#batches.set(event.name, batch);
        return batch;
      }
      case 'withdrawn': {
        const batch = this.#batches.get(event.name);
        this.#batches.delete(event.name);
        return batch;
      }
    }
  }
}
