import type { JobDetails } from '#engine/queues/clusters.ts';

/** The page of a job's native details: the command as it can be typed again, when it was asked, and the answer. */
export function detailsText({ command, text }: JobDetails, asked: Date): string {
  const answer = text.trimEnd();
  return [
    `$ ${command}`,
    `# ${asked.toLocaleString('sv-SE')}`,
    '',
    answer === '' ? 'The batch system said nothing.' : answer,
    '',
  ].join('\n');
}
