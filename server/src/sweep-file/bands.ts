/** The bands of early termination, in words. */
import type { Sweep } from '#core/sweep/sweep.ts';

const mostShown = 6;
const mostJobs = 81;

/** `3, 9, 27, …`; undefined without early termination. */
export function bandsShortly({ earlyTerminate }: Sweep): string | undefined {
  if (earlyTerminate === undefined) return undefined;
  const { bands } = earlyTerminate;
  return bands.slice(0, mostShown).join(', ') + (bands.length > mostShown ? ', …' : '');
}

/** When jobs are judged and how many of them go on, as a table. */
export function bandsInWords(sweep: Sweep | undefined): string | undefined {
  const early = sweep?.earlyTerminate;
  if (early === undefined || early.bands.length === 0) return undefined;
  const { bands, eta, strict } = early;
  const shown = bands.slice(0, mostShown);
  let jobs = mostJobs;
  // of n jobs the int(n / eta) best and the one at the threshold survive a band
  const left = shown.map(() => (jobs = Math.min(jobs, Math.floor(jobs / eta) + 1)));
  const judged = strict ? 'its value there' : 'its best value so far';
  return [
    `A job is judged when it has reported the metric this many times, by ${judged}. Of ${mostJobs} jobs so many go on:`,
    '',
    `| reported | ${shown.join(' | ')} |${bands.length > mostShown ? ' … |' : ''}`,
    `|---|${shown.map(() => '---').join('|')}|${bands.length > mostShown ? '---|' : ''}`,
    `| jobs left | ${left.join(' | ')} |${bands.length > mostShown ? ' … |' : ''}`,
  ].join('\n');
}
