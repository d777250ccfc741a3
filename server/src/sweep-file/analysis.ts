import { readSweep } from '#core/sweep/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';

/** A sweep file, read once for all features: `{ sweep, problems, document }`. */
export type SweepAnalysis = ReturnType<typeof readSweep>;

export const analyse = (text: string, surroundings: Surroundings): SweepAnalysis =>
  readSweep(text, surroundings);
