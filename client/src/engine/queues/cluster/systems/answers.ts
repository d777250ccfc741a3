/** What is common to reading the answers of all batch systems: commands that did not work, and their words. */
import type { Answer, Listing, NativeJob, SubmitAnswer, Verdict } from '../batch-system.ts';

const longestSentence = 600;

/** A text of a program as one line for people: no control characters, blanks folded, cut at 600 characters. */
export function asLine(text: string): string {
  const line = text
    // a megabyte of nonsense is not worth cleaning
    .slice(0, 8 * longestSentence)
    .replace(/\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u001f\u007f]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > longestSentence ? `${line.slice(0, longestSentence - 1)}…` : line;
}

/** What a program said, its error output first; empty when it said nothing. `noise` matches lines to leave out. */
export function wordsOf(answer: Answer, noise?: RegExp): string {
  const lines = (text: string): string =>
    asLine(
      text
        .slice(0, 64 * longestSentence)
        .split('\n')
        .filter((line) => noise?.test(line) !== true)
        .join('\n'),
    );
  const errors = lines(answer.stderr);
  return errors === '' ? lines(answer.stdout) : errors;
}

/** Why a program gave no exit code, or which it gave, as a sentence with its own words. `program`: `squeue`. */
export function failureSentence(answer: Answer, program: string): string {
  const words = wordsOf(answer);
  const said = words === '' ? '.' : `: ${words}`;
  switch (answer.trouble) {
    case 'not-found':
      return `${program} was not found. Is the batch system installed on this machine, and on the PATH?`;
    case 'timed-out':
      return `${program} did not answer in time${said}`;
    case 'killed':
      return `${program} was ended by a signal${said}`;
    case undefined:
    default:
      if (answer.code === undefined) return `${program} ended without an exit code${said}`;
      if (answer.code === 0) return `${program} answered something that can't be read${said}`;
      return `${program} failed with exit code ${answer.code}${said}`;
  }
}

/** A listing or a request that did not work. */
export function failed(
  answer: Answer,
  program: string,
): { readonly kind: 'failed'; readonly sentence: string } {
  return { kind: 'failed', sentence: failureSentence(answer, program) };
}

export const listed = (jobs: readonly NativeJob[]): Listing => ({ kind: 'listed', jobs });

export const done: Verdict = { kind: 'done' };

/**
 * The answer to a submission that printed no id, for a program that did not end by itself: not installed (certainly
 * nothing was taken), out of time or killed (nobody knows). undefined: it ended with an exit code.
 */
export function submitTrouble(answer: Answer, program: string): SubmitAnswer | undefined {
  if (answer.code !== undefined && answer.trouble === undefined) return undefined;
  return {
    kind: answer.trouble === 'not-found' ? 'busy' : 'unclear',
    sentence: failureSentence(answer, program),
  };
}

/** Only the rows that carry the name. */
export function named(listing: Listing, name: string): Listing {
  return listing.kind === 'failed' ? listing : listed(listing.jobs.filter((job) => job.name === name));
}
