/** Why a batch system refused a submission, as a sentence for people. Pure. */
import { readBatchScript } from '#core/batch/read.ts';
import type { Submission, SubmitAnswer } from './batch-system.ts';

/** The system's own words, and the line of the script that they are about when that is known. */
export function refusalSentence(
  { text }: Pick<Submission, 'text'>,
  { sentence, line, about }: Extract<SubmitAnswer, { kind: 'refused' }>,
): string {
  const lines = text.split('\n');
  const piece = about?.text;
  const written =
    (line === undefined ? undefined : lines[line - 1]) ??
    (piece === undefined ? undefined : lines.find((one) => one.startsWith('#') && one.includes(piece))) ??
    lineOf(text, about?.options ?? []);
  const ended = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
  return written === undefined ? ended : `${ended} The line is: ${written.trim()}`;
}

/** The last line that gives one of the options: systems take the last one. */
function lineOf(text: string, options: readonly string[]): string | undefined {
  if (options.length === 0) return undefined;
  const { options: given } = readBatchScript(text);
  const at = given.findLast(({ spec }) => options.includes(spec.key))?.span[0];
  if (at === undefined) return undefined;
  const end = text.indexOf('\n', at);
  return text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? text.length : end);
}
