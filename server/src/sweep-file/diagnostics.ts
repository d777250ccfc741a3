import type { Problem } from '#core/text.ts';
import type { SweepAnalysis } from './analysis.ts';
import { merged, programProblems } from './program.ts';

/** Everything that is wrong with the file, by place; what its program says against it as well. */
export const diagnostics = (analysis: SweepAnalysis): readonly Problem[] =>
  merged(analysis.problems, programProblems(analysis));
