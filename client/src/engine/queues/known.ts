/** What the journal knows of a job that a queue is given: how often it was run again, and how its batch system knows it. Pure. */
import type { JobState } from '../sweep-state.ts';
import type { QueueJob } from './queue.ts';

export function knownOf(job: JobState | undefined): Pick<QueueJob, 'requeues' | 'native'> {
  if (job === undefined) return {};
  const { requeues, native, state, reason, detail } = job;
  return {
    ...(requeues === undefined ? {} : { requeues }),
    ...(native === undefined
      ? {}
      : {
          native: {
            name: native.batch.name,
            firstTask: native.batch.firstTask,
            size: native.batch.jobs.length,
            place: native.place,
            accepted: native.batch.accepted,
            ...(native.id === undefined ? {} : { id: native.id }),
            wasRunning: state === 'running',
            ...(native.word === undefined || native.stage === undefined
              ? {}
              : {
                  observed: {
                    word: native.word,
                    stage: native.stage,
                    ...(reason === undefined ? {} : { reason }),
                    ...(detail === undefined ? {} : { detail }),
                    ...(native.stuck === true ? { stuck: true } : {}),
                  },
                }),
          },
        }),
  };
}
