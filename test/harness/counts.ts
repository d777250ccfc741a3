/** How a suite says what came out: a JSON file whose path the runner gives in the environment. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Names of tests that did not run, with the reason when there is one. */
  readonly skipped: readonly string[];
}

/** Environment variable with the path of the file to write. */
export const countsVariable = 'SWEEPDECK_TEST_COUNTS';

/** Writes the counts for the runner; without a runner there is nobody to tell. */
export function writeCounts(counts: Counts): void {
  const file = process.env[countsVariable];
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
}

/** The counts a suite wrote, undefined when it wrote none. */
export function readCounts(file: string): Counts | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text) as Counts;
}
