/** What a command said when it did not do what was asked, as a sentence for people. */
import type { Answer } from '../batch-system.ts';

/** Why a command gave no exit code, as a submission's answer; undefined when it gave one. */
export function troubleOf(
  program: string,
  answer: Answer,
): { readonly kind: 'refused' | 'unclear'; readonly sentence: string } | undefined {
  if (answer.trouble === 'not-found')
    return {
      kind: 'refused',
      sentence: `There is no command "${program}" here: install it or set the path to it.`,
    };
  if (answer.trouble === 'timed-out')
    return { kind: 'unclear', sentence: `${program} did not answer in time.` };
  if (answer.trouble === 'killed' || answer.code === undefined)
    return { kind: 'unclear', sentence: sentenceOf(answer, `${program} was killed before it answered.`) };
  return undefined;
}

/** How many lines of a complaint are worth showing; a usage text follows many. */
const MOST_LINES = 4;

/** The command's own words without its usage text: from standard error, else from standard output, else `otherwise`. */
export function sentenceOf(answer: Answer, otherwise: string): string {
  for (const stream of [answer.stderr, answer.stdout]) {
    const lines = stream
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const usage = lines.findIndex((line) => /^usage:/i.test(line));
    const said = usage > 0 ? lines.slice(0, usage) : lines;
    if (said.length > 0) return said.slice(0, MOST_LINES).join(' ');
  }
  return otherwise;
}
