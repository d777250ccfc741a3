import type { Problem, Severity } from '../text.ts';
import type { ScriptProblemCode } from './problem-list.ts';

/** What can only be wrong with a batch script once it is to be submitted. docs/multirun.md explains each. */
export const submissionProblemSeverities = {
  'multirun-too-many-jobs': 'error',
  'multirun-other-system': 'error',
  'multirun-unknown-queue': 'error',
  'multirun-remote-queue': 'error',
  'multirun-array': 'error',
  'multirun-folder': 'error',
  'multirun-directive-replaced': 'warning',
  'multirun-program-missing': 'warning',
  'multirun-metric': 'warning',
} as const satisfies Record<string, Severity>;

export type SubmissionProblemCode = keyof typeof submissionProblemSeverities;
export type SubmissionProblem = Problem<SubmissionProblemCode | ScriptProblemCode>;
