import { readBatchScript, type BatchScript } from '#core/batch/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';

/** A batch script, read once for all features. Of other scripts only the lines are looked at. */
export type BatchAnalysis = BatchScript;

export const analyse = (text: string, surroundings: Surroundings): BatchAnalysis =>
  readBatchScript(text, surroundings);
