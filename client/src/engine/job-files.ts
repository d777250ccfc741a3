/** What the engine does in the job directories of one sweep: a job of its source becomes files, files become metrics. */
import type { JobFiles } from './engine.ts';
import { wasClaimed } from './job-directory.ts';
import { readFinalMetrics } from './metrics/final-metrics.ts';
import type { EngineSettings } from './settings.ts';
import type { OpenSource, SweepSource } from './sources/source.ts';

export function jobFiles(source: SweepSource, open: OpenSource, settings: () => EngineSettings): JobFiles {
  return {
    wasClaimed: (job, attempt) => wasClaimed(source.jobDirectory(job), attempt),
    directory: (job) => source.jobDirectory(job),
    metrics: (job) => readFinalMetrics(source.jobDirectory(job), undefined, source.metricsReader(job)),
    prepared(job, attempt) {
      const prepared = open.prepared?.(job, attempt);
      return prepared === undefined ? {} : { prepared };
    },
    write: (job, attempt, parameters) => open.write(job, attempt, parameters, settings()),
  };
}
