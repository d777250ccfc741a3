/** One job of the sweep, to show what its command becomes. */
import { gridPlan } from '#core/search/grid.ts';
import { randomPlan } from '#core/search/random.ts';
import { CommandError, expandCommand } from '#core/sweep/command.ts';
import type { CommandPart, Sweep } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';

/** Parameters as the sweep's first job could have them; always the same for the same sweep. */
function sampleParameters({ method, parameters }: Sweep): Parameters {
  return method === 'grid' ? gridPlan(parameters).at(0) : randomPlan(parameters, 1).at(0);
}

/** More arguments than this are not shown. */
export const mostShown = 20;

/**
 * The arguments that one item of the command becomes for a sample job; undefined where that can't be said
 * before a launch.
 */
export function sampleArguments(sweep: Sweep, parts: readonly CommandPart[]): readonly string[] | undefined {
  const name = sweep.name ?? 'sweep';
  try {
    const { argv } = expandCommand([{ parts, range: { start: origin, end: origin } }], {
      program: sweep.program,
      interpreter: 'python',
      platform: 'posix',
      parameters: sampleParameters(sweep),
      sweepId: `${name}-1`,
      runId: `${name}-1/1`,
      jobDirectory: `.sweeps/${name}-1/jobs/1`,
      argsJsonFile: `.sweeps/${name}-1/jobs/1/args.json`,
      environment: () => '…',
    });
    return argv.length > mostShown ? [...argv.slice(0, mostShown), '…'] : argv;
  } catch (error) {
    // nothing to run in this item alone, or a grid without end: there is no sample then
    if (error instanceof CommandError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const origin = { line: 0, character: 0 };
