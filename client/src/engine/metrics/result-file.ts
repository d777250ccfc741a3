/** Reads `result.json`, the final result a program may leave: one JSON object of metrics. */
import fs from 'node:fs';
import path from 'node:path';
import { parseJson } from '#core/value.ts';
import type { Metrics } from '../events.ts';
import { metricsOf } from './metric-values.ts';

export const RESULT_FILE = 'result.json';
/** A result is a handful of numbers; a larger file is something else. */
const LARGEST_BYTES = 16 * 1024 * 1024;

export interface Result {
  readonly metrics: Metrics;
  /** A sentence when the file couldn't be understood. */
  readonly notice: string | undefined;
}

/** What the job directory's `result.json` says; undefined when there is none. */
export function readResult(directory: string): Result | undefined {
  const file = path.join(directory, RESULT_FILE);
  try {
    const status = fs.statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return undefined;
    if (!status.isFile() || status.size > LARGEST_BYTES) return unreadable(file, 'it is no small text file');
    const metrics = metricsOf(parseJson(fs.readFileSync(file, 'utf8')));
    if (metrics === undefined) return unreadable(file, 'it holds no JSON object');
    return { metrics: Object.fromEntries(metrics), notice: undefined };
  } catch (error) {
    return unreadable(file, error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
  }
}

function unreadable(file: string, why: string): Result {
  return { metrics: {}, notice: `${file} was not used: ${why}.` };
}
