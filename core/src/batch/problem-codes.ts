import type { Severity } from '../text.ts';

/** Every problem that reading a batch script can find, and how much it usually matters. docs/batch-scripts.md explains each. */
export const batchProblemSeverities = {
  // the file
  'shebang-missing': 'information',
  'carriage-returns': 'warning',
  'not-executable': 'warning',
  'command-missing': 'information',
  // the lines
  'not-a-directive': 'warning',
  'late-directive': 'warning',
  'mixed-systems': 'error',
  'unclosed-quote': 'error',
  'stray-text': 'warning',
  // options
  'unknown-option': 'error',
  'ambiguous-option': 'error',
  'command-line-option': 'warning',
  'unattended-option': 'warning',
  'repeated-option': 'warning',
  'exclusive-options': 'error',
  // values
  'missing-value': 'error',
  'unexpected-value': 'error',
  'malformed-value': 'error',
  'unknown-word': 'error',
  'value-out-of-range': 'error',
  'unknown-resource': 'warning',
  'unknown-site-name': 'information',
  'time-rounded-up': 'information',
  'unit-missing': 'information',
  'mixed-resources': 'error',
  'variable-in-directive': 'warning',
  'quotes-taken-literally': 'warning',
  // the job as a whole
  'array-too-large': 'warning',
  'array-index-without-array': 'warning',
  'array-shares-output': 'warning',
  'output-folder-missing': 'warning',
  'time-limit-missing': 'information',
  'directory-not-given': 'information',
  'shell-not-given': 'information',
  // the list itself
  'too-many-problems': 'information',
} as const satisfies Record<string, Severity>;

export type BatchProblemCode = keyof typeof batchProblemSeverities;
