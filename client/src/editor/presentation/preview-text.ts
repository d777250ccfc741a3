import type { Preview } from '#engine/sweeps.ts';
import { flatParameters, formatValue } from './parameters.ts';

/** Of the URIs of previews. */
export const previewScheme = 'sweepdeck-preview';

/** Jobs that a preview lists. */
export const previewLimit = 200;
/** Launching more jobs than this asks first. */
export const manyJobs = 10_000n;

/** `24 jobs`, `1 job`, `1,000,000,000 jobs`, or `∞ jobs`. */
export function countText(count: bigint | null): string {
  if (count === null) return '∞ jobs';
  return count === 1n ? '1 job' : `${count.toLocaleString('en-US')} jobs`;
}

/**
 * The read-only page that shows what a launch would run: problems, then a comment with the parameters and the exact
 * command line of each job. It reads as a shell script, but is only shown, never run.
 */
export function previewText(file: string, preview: Preview, quote: (word: string) => string): string {
  const errors = preview.problems.filter((problem) => problem.severity === 'error');
  const shown = BigInt(preview.jobs.length);
  const lines = [
    `# Preview of ${oneLine(file)}: ${countText(preview.count)}. Nothing was run.`,
    ...(preview.seed === undefined ? [] : [`# Seed: ${preview.seed}`]),
    ...(errors.length === 0 ? [] : ["# It can't be launched yet:"]),
    ...preview.problems.map(
      (problem) => `# line ${problem.range.start.line + 1}: ${problem.severity}: ${oneLine(problem.message)}`,
    ),
  ];
  for (const job of preview.jobs) {
    const parameters = flatParameters(job.parameters).map(
      ([name, value]) => `${oneLine(name)}=${oneLine(formatValue(value))}`,
    );
    lines.push('', `# ${job.index}: ${parameters.join(' ')}`, job.argv.map(quote).join(' '));
  }
  if (errors.length === 0 && (preview.count === null || preview.count > shown)) {
    lines.push(
      '',
      preview.count === null
        ? '# … and so on without end.'
        : `# … and ${countText(preview.count - shown)} more.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** A question to ask before a launch, or undefined when there is nothing to wonder about. */
export function launchQuestion(file: string, count: bigint | null): string | undefined {
  if (count === null) return `${file} never ends by itself: it has no run_cap. Launch it anyway?`;
  return count > manyJobs ? `${file} makes ${countText(count)}. Launch all of them?` : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
