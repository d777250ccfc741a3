/** The comment by which a batch script names the metric that its jobs are compared by. */
import type { Problem } from '../text.ts';
import { rangeIn } from './problem-list.ts';
import { readScript } from './script.ts';
import type { SubmissionProblemCode } from './submission-problems.ts';

export interface ScriptMetric {
  readonly name: string;
  readonly goal: 'minimize' | 'maximize';
}

const comment = /^[ \t]*#.*\bsweepdeck:[ \t]*metric\b[ \t]*([^\s]*)[ \t]*([^\r\n]*?)[ \t\r]*$/m;

/** What `# sweepdeck: metric train.loss minimize` says; `minimize` may be left out. */
export function metricIn(text: string): {
  readonly metric: ScriptMetric | undefined;
  readonly problems: readonly Problem<SubmissionProblemCode>[];
} {
  const found = text.includes('sweepdeck:') ? comment.exec(text) : null;
  if (found === null) return { metric: undefined, problems: [] };
  const [whole, name = '', goal = ''] = found;
  if (name !== '' && (goal === '' || goal === 'minimize' || goal === 'maximize'))
    return { metric: { name, goal: goal === '' ? 'minimize' : goal }, problems: [] };
  return {
    metric: undefined,
    problems: [
      {
        code: 'multirun-metric',
        severity: 'warning',
        message: 'Name a metric, then minimize or maximize, as in: # sweepdeck: metric train.loss minimize.',
        range: rangeIn(readScript(text), [found.index, found.index + whole.length]),
      },
    ],
  };
}
