import type { Distribution, Parameter } from '#core/sweep/sweep.ts';

const NOWHERE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** A parameter by its dotted path. */
export function parameter(path: string, distribution: Distribution): Parameter {
  return { path: path.split('.'), distribution, range: NOWHERE };
}
