import type { Problem } from '#core/text.ts';
import type { BatchAnalysis } from './analysis.ts';

/** Everything that is wrong with the directives, by place. */
export const diagnostics = ({ problems }: BatchAnalysis): readonly Problem[] => problems;
