import type { Severity } from '../text.ts';

/** Every problem that reading a sweep file can find, and how much it matters. docs/problems.md explains each. */
export const problemSeverities = {
  // the text as YAML
  'yaml-syntax': 'error',
  'yaml-tab': 'error',
  'yaml-multiple-documents': 'error',
  'yaml-anchor': 'error',
  'yaml-merge': 'error',
  'yaml-too-large': 'error',
  'yaml-tag': 'warning',
  'yaml-1-1': 'warning',
  'duplicate-key': 'error',
  // shape
  'empty-file': 'error',
  'not-a-mapping': 'error',
  'unknown-key': 'error',
  'missing-key': 'error',
  'wrong-type': 'error',
  'unknown-value': 'error',
  'out-of-range': 'error',
  'too-few-entries': 'error',
  'parameter-name': 'error',
  'parameter-shape': 'error',
  'parameter-collision': 'error',
  // distributions
  'distribution-keys': 'error',
  'min-not-less-than-max': 'error',
  'probabilities-length': 'error',
  'probabilities-sum': 'error',
  'deprecated-distribution': 'warning',
  'log-bounds-look-like-values': 'warning',
  // the search as a whole
  'grid-continuous': 'error',
  'grid-probabilities': 'error',
  'duplicate-value': 'information',
  'run-cap-above-grid': 'information',
  'metric-required': 'error',
  'nothing-to-search': 'error',
  'goal-unstated': 'warning',
  'metric-conflict': 'error',
  'hyperband-bands': 'error',
  'scheduler-forms': 'error',
  'scheduler-engine': 'error',
  'method-replaced': 'warning',
  'job-and-image': 'error',
  'unknown-queue': 'error',
  // the command line
  'program-missing': 'error',
  'program-not-found': 'error',
  'unknown-macro': 'error',
  'macro-in-text': 'error',
  'macro-hides-parameter': 'warning',
  'hydra-misreads-value': 'warning',
  'environment-variable-unset': 'error',
  'argument-too-long': 'error',
  'nul-character': 'error',
  // what the program itself says (program-checks.ts)
  'unknown-option': 'warning',
  'option-choice': 'warning',
  'option-type': 'warning',
  'required-option': 'information',
  // what the rules allow and is probably not meant (remarks.ts)
  'mixed-types': 'information',
  'q-beyond-range': 'warning',
  'parameter-twice': 'information',
  'metric-is-parameter': 'warning',
  'metric-name-unseen': 'warning',
  'num-workers-ignored': 'information',
  'min-iter-ignored': 'information',
  'impute-unused': 'information',
  'program-not-executable': 'error',
  // the list itself
  'too-many-problems': 'information',
} as const satisfies Record<string, Severity>;

export type ProblemCode = keyof typeof problemSeverities;
