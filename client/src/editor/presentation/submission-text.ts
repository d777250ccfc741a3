import type { SubmissionPreview } from '#engine/sweeps.ts';
import { countText } from './preview-text.ts';

/** Jobs whose scripts a preview shows. */
export const scriptLimit = 50;

/** The read-only page that shows what a submission would make: problems, then the script of each job. */
export function submissionText(file: string, preview: SubmissionPreview): string {
  const refused = preview.problems.some(({ severity }) => severity === 'error');
  const where = preview.queue === undefined ? '' : ` for the queue ${preview.queue}`;
  const lines = [
    `# Preview of ${oneLine(file)}: ${countText(preview.count)}${where}. Nothing was created.`,
    ...(refused ? ["# It can't be submitted yet:"] : []),
    ...preview.problems.map(
      ({ range, severity, message }) => `# line ${range.start.line + 1}: ${severity}: ${oneLine(message)}`,
    ),
  ];
  if (preview.jobs.length > 1)
    lines.push('#', ...preview.jobs.map(({ logId, argv }) => `# ${logId}: ${oneLine(argv.join(' '))}`));
  for (const { directory, overrides, script } of preview.jobs) {
    const title = oneLine(`${directory}: ${overrides.join(' ')}`);
    lines.push('', `# ${'='.repeat(Math.min(100, title.length))}`, `# ${title}`, '', script.trimEnd());
  }
  const left = preview.count - BigInt(preview.jobs.length);
  if (!refused && left > 0n) lines.push('', `# … and ${countText(left)} more.`);
  return `${lines.join('\n')}\n`;
}

/** A question to ask before a submission, or undefined when there is nothing to wonder about. */
export function submissionQuestion(file: string, { count, queue }: SubmissionPreview): string | undefined {
  return count > manyJobs
    ? `${file} makes ${countText(count)} for ${queue ?? 'the queue'}. Submit all of them?`
    : undefined;
}

/** Submitting more jobs than this asks first: other people use the queue as well. */
const manyJobs = 1_000n;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
