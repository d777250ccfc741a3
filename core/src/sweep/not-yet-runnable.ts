/** What a file may say but this version can't do yet, as problems that launching asks for. */
import { isMap } from 'yaml';
import type { Problem, Severity } from '../text.ts';
import type { SweepDocument } from './document.ts';
import { spanOf } from './nodes.ts';
import type { Sweep } from './sweep.ts';

export type LaunchProblemCode =
  'method-not-available' | 'scheduler-job-not-available' | 'early-terminate-not-applied';

interface Limit {
  readonly code: LaunchProblemCode;
  readonly severity: Severity;
  readonly applies: (sweep: Sweep) => boolean;
  readonly message: (sweep: Sweep) => string;
  /** The key in the file, from the top. */
  readonly key: readonly string[];
}

const limits: readonly Limit[] = [
  {
    code: 'scheduler-job-not-available',
    severity: 'error',
    applies: ({ scheduler }) => scheduler?.form === 'launch' && scheduler.job !== undefined,
    message: () =>
      "Scheduler jobs can't run in this version. Use the method grid or random without 'scheduler.job'.",
    key: ['scheduler', 'job'],
  },
  {
    code: 'method-not-available',
    severity: 'error',
    applies: ({ method, scheduler }) =>
      (method === 'bayes' || method === 'custom') &&
      !(scheduler?.form === 'launch' && scheduler.job !== undefined),
    message: ({ method }) => `The method '${method}' can't run in this version. Use grid or random.`,
    key: ['method'],
  },
  {
    code: 'early-terminate-not-applied',
    severity: 'warning',
    applies: ({ earlyTerminate }) => earlyTerminate !== undefined,
    message: () => 'Early termination is not applied in this version: every job runs to its end.',
    key: ['early_terminate'],
  },
];

/** Why `sweep`, read from `document` without errors, can't be launched as it is; warnings don't stand in the way. */
export function notYetRunnable(sweep: Sweep, document: SweepDocument): readonly Problem<LaunchProblemCode>[] {
  return limits
    .filter((limit) => limit.applies(sweep))
    .map(({ code, severity, message, key }) => ({
      code,
      severity,
      message: message(sweep),
      range: document.range(keySpan(document, key)),
    }));
}

/** Where the last key of a path stands; the start of the file if it doesn't. */
function keySpan(document: SweepDocument, path: readonly string[]): readonly [number, number] {
  const map = document.at(path.slice(0, -1));
  const entry = map && isMap(map) ? document.entry(map, path.at(-1) ?? '') : undefined;
  return entry ? spanOf(entry.key) : [0, 0];
}
