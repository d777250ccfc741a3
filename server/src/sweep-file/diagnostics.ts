import type { Problem } from '#core/text.ts';
import type { SweepAnalysis } from './analysis.ts';

/** Everything that is wrong with the file, by place. */
export const diagnostics = ({ problems }: SweepAnalysis): readonly Problem[] => problems;
