import type { Severity } from '../../text.ts';
import { multirunProblemSeverities } from '../../multirun/problems.ts';

/** What can be wrong with the Python commands of a batch script and their overrides. docs/multirun.md explains each. */
export const commandProblemSeverities = {
  // the commands
  'multirun-block': 'error',
  'multirun-several-commands': 'error',
  'multirun-shell-expansion': 'error',
  // the configuration of the program
  'multirun-unknown-key': 'warning',
  'multirun-unknown-choice': 'warning',
  'multirun-sweeper-params': 'error',
  // what only matters once the script is submitted
  'multirun-no-system': 'error',
  'multirun-no-command': 'error',
  'multirun-unreadable': 'error',
  'multirun-unreadable-command': 'error',
  'multirun-too-many-commands': 'error',
  // the overrides
  ...multirunProblemSeverities,
} as const satisfies Record<string, Severity>;

export type CommandProblemCode = keyof typeof commandProblemSeverities;
