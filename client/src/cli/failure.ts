import type { Problem } from '#core/text.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

export type FailureKind = 'usage' | 'not-found' | 'refused' | 'file-errors' | 'internal';

const EXIT_CODES: Readonly<Record<FailureKind, ExitCode>> = {
  usage: EXIT.usage,
  'not-found': EXIT.notFound,
  refused: EXIT.refused,
  'file-errors': EXIT.fileErrors,
  internal: EXIT.internal,
};

/** A command that could not be carried out. The message is a sentence for the person who typed it. */
export class CommandFailure extends Error {
  readonly kind: FailureKind;
  /** With `file-errors`: what is wrong in the file. */
  readonly problems: readonly Problem[];

  constructor(kind: FailureKind, message: string, problems: readonly Problem[] = [], cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandFailure';
    this.kind = kind;
    this.problems = problems;
  }

  get exitCode(): ExitCode {
    return EXIT_CODES[this.kind];
  }
}
