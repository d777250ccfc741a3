/** Reads a batch script: which system it is for, what it asks for, and what is wrong with it. */
import { listed, nearest } from '../sweep/spelling.ts';
import type { Problem } from '../text.ts';
import { declaredSystem, detect, pbsFlavour, type Detection } from './detect.ts';
import { checkJob, type BatchSurroundings } from './job-checks.ts';
import { checkForeign, checkNearMisses, readableLines } from './line-checks.ts';
import { readOptions } from './options.ts';
import type { BatchProblemCode } from './problem-codes.ts';
import { BatchProblems, replacing } from './problem-list.ts';
import { readScript, type Script } from './script.ts';
import { dialects, systems, type System } from './systems.ts';
import { validateOptions, type ReadOption } from './validate.ts';

export interface BatchScript {
  readonly script: Script;
  /** undefined: the text carries no directives. */
  readonly system: System | undefined;
  /** The options that the system reads, in order. */
  readonly options: readonly ReadOption[];
  readonly problems: readonly Problem<BatchProblemCode>[];
}

/** Reads any text; never throws. Where TORQUE and PBS Pro are both possible, the one with fewer errors is meant. */
export function readBatchScript(text: string, surroundings: BatchSurroundings = {}): BatchScript {
  const script = readScript(text);
  const detection = detect(script);
  if (!detection) return { script, system: undefined, options: [], problems: [] };
  const best = bestReading(detection, text, (system) => readAs(system, script, detection, surroundings));
  return { script, system: best.system, options: best.options, problems: best.found.problems() };
}

/** Where the script's options hint so strongly, errors don't speak against it. */
const certain = 10;

function bestReading(
  { systems: [first, second], mark }: Detection,
  text: string,
  as: (system: System) => Reading,
): Reading {
  if (second === undefined || mark !== '#PBS') return as(first);
  const flavour = pbsFlavour(text);
  const likely = as(flavour > 0 ? second : first);
  if (likely.found.errors === 0 || Math.abs(flavour) >= certain) return likely;
  const other = as(flavour > 0 ? first : second);
  return other.found.errors < likely.found.errors ? other : likely;
}

interface Reading {
  readonly system: System;
  readonly options: readonly ReadOption[];
  readonly found: BatchProblems;
}

function readAs(
  system: System,
  script: Script,
  detection: Detection,
  surroundings: BatchSurroundings,
): Reading {
  const dialect = dialects[system];
  const problems = new BatchProblems(script);
  checkText(script, system, problems);
  checkDeclaration(script, problems);
  checkNearMisses(script, dialect, problems);
  const readable = readableLines(script, detection.lines, dialect, problems);
  const given = readOptions(script.text, readable, dialect, problems);
  const options = validateOptions(script.text, given, system, problems);
  const ignoresPbs = options.some(({ spec }) => spec.key === 'ignore-pbs');
  checkForeign(script, detection, dialect, { ignoresPbs, declared: detection.declared }, problems);
  checkJob({ script, dialect, options, problems, surroundings });
  return { system, options, found: problems };
}

function checkText(script: Script, system: System, problems: BatchProblems): void {
  const { text, starts } = script;
  const firstEnd = starts[1] === undefined ? text.length : starts[1] - 1;
  if (script.shebang === undefined)
    problems.add(
      'shebang-missing',
      [
        0,
        Math.min(
          firstEnd,
          starts[1] === undefined ? firstEnd : text.slice(0, firstEnd).replace(/\r$/, '').length,
        ),
      ],
      system === 'slurm'
        ? 'sbatch refuses a script whose first line does not name its interpreter with #!.'
        : 'The first line names no interpreter with #!.',
      {
        ...(system === 'slurm' && { severity: 'error' }),
        fix: { title: "Add '#!/bin/bash'", edits: [{ at: [0, 0], newText: '#!/bin/bash\n' }] },
      },
    );
  if (script.carriageReturns)
    problems.add(
      'carriage-returns',
      [Math.max(0, text.indexOf('\r\n') - 1), text.indexOf('\r\n')],
      system === 'slurm'
        ? 'Lines end in CR LF, as on Windows: sbatch refuses such a script.'
        : 'Lines end in CR LF, as on Windows: the CR becomes part of the last word of every line.',
      {
        ...(system === 'slurm' && { severity: 'error' }),
        fix: {
          title: 'End all lines in LF',
          edits: [{ at: [0, text.length], newText: text.replaceAll('\r\n', '\n') }],
        },
      },
    );
}

function checkDeclaration(script: Script, problems: BatchProblems): void {
  const declared = declaredSystem(script);
  if (declared === undefined || declared.system !== undefined) return;
  const meant = nearest(declared.name, systems);
  problems.add(
    'unknown-word',
    declared.at,
    `There is no system '${declared.name}': ${listed(systems, 'and')} are known.`,
    {
      severity: 'warning',
      fix: meant === undefined ? undefined : replacing(`Change to '${meant}'`, declared.at, meant),
    },
  );
}
