import type { Problem } from '#core/text.ts';
import type { BatchAnalysis } from './analysis.ts';

/** Everything that is wrong with the directives and the Python commands, by place. */
export const diagnostics = ({ commands }: BatchAnalysis): readonly Problem[] => commands.problems();
