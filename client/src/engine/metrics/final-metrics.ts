/** The metrics a job ends with. */
import { StorageError } from '../atomic-file.ts';
import type { Metrics } from '../events.ts';
import { MetricsFile, type MetricsReader } from './metrics-file.ts';
import { readResult } from './result-file.ts';

/**
 * Latest value of every metric in `metrics.jsonl`; `result.json` wins. A file that can't be read or
 * understood counts as empty; `onNotice` is told in a sentence.
 * @param file the reader that followed the job so far, which then reads only the rest.
 */
export function readFinalMetrics(
  directory: string,
  onNotice: (sentence: string) => void = () => undefined,
  file: MetricsReader = new MetricsFile(directory),
): Metrics {
  const result = readResult(directory);
  const metrics = { ...latest(file, onNotice), ...result?.metrics };
  if (file.notice !== undefined) onNotice(file.notice);
  if (result?.notice !== undefined) onNotice(result.notice);
  return metrics;
}

function latest(file: MetricsReader, onNotice: (sentence: string) => void): Metrics {
  try {
    return file.readRest();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    onNotice(error.message);
    return file.latest;
  }
}
