/**
 * Rewrites the directives of a batch script for another system, by way of what the script asks for. Other
 * lines stay as they are. What has no equivalent stays as a comment, from which it comes back when the script
 * is translated back.
 */
import type { BatchScript } from '../read.ts';
import { lineSpan } from '../problem-list.ts';
import { dialects, type System } from '../systems.ts';
import type { ReadOption } from '../validate.ts';
import { readBatchScript } from '../read.ts';
import type { Draft, Line, Written } from './fields.ts';
import { finishLsf, fromLsf, toLsf } from './lsf.ts';
import { fromOar, toOar } from './oar.ts';
import { finishPbs, fromPbs, toPbs } from './pbs.ts';
import type { Request } from './request.ts';
import { fromSge, toSge } from './sge.ts';
import { fromSlurm, toSlurm } from './slurm.ts';

interface Translator {
  /** Takes an option into the draft; false when it, or a part of it, has no place there. */
  readonly take: (option: ReadOption, draft: Draft) => boolean;
  readonly finish?: (options: readonly ReadOption[], draft: Draft) => void;
  readonly write: (request: Request) => Written;
}

const translators: Readonly<Record<System, Translator>> = {
  slurm: { take: fromSlurm, write: toSlurm },
  oar: { take: fromOar, write: toOar },
  torque: { take: fromPbs, finish: finishPbs, write: toPbs('torque') },
  pbspro: { take: fromPbs, finish: finishPbs, write: toPbs('pbspro') },
  moab: { take: fromPbs, finish: finishPbs, write: toPbs('moab') },
  sge: { take: fromSge, write: toSge },
  lsf: {
    take: fromLsf,
    finish: (_, draft) => {
      finishLsf(draft);
    },
    write: toLsf,
  },
};

/** What a script asks for, and the options that it does not capture. */
export interface Reading {
  readonly request: Request;
  readonly untold: readonly ReadOption[];
}

/** What the script's options ask for. Undefined without directives. */
export function requestOf({ options, system }: BatchScript): Reading | undefined {
  if (system === undefined) return undefined;
  const translator = translators[system];
  const draft: Draft = {};
  const untold = options.filter((option) => !translator.take(option, draft));
  translator.finish?.(options, draft);
  const request = Object.fromEntries(
    Object.entries(draft).filter(([, value]: readonly [string, unknown]) => value !== undefined),
  ) as Request;
  return { request, untold };
}

export interface Translation {
  readonly text: string;
  /** What the target can't say, or says in another way. */
  readonly losses: readonly string[];
}

const kept = /^# not in [^:]+: (#(?:SBATCH|OAR|PBS|MSUB|BSUB|\$) .*)$/;
const note = /^# (?:not in|changed for) [^:]+: /;

/**
 * The script for another system. Undefined for a text without directives, or when it is for that system
 * already. Never throws.
 */
export function translate(batch: BatchScript, target: System): Translation | undefined {
  const reading = requestOf(batch);
  const { script, system, options } = batch;
  if (reading === undefined || system === undefined || system === target || options.length === 0)
    return undefined;
  const { request, untold } = reading;
  const { title, mark } = dialects[target];
  const { lines, losses } = translators[target].write(request);
  const source = dialects[system];
  const revived = script.text.split(/\r?\n/).flatMap((line) => {
    const [, directive = ''] = kept.exec(line) ?? [];
    return directive.startsWith(`${mark} `) && readsAs(directive, target) ? [directive] : [];
  });
  const untoldLines = untold.map(
    ({ span }) => `# not in ${title}: ${source.mark} ${script.text.slice(...span)}`,
  );
  const block = [
    ...lines.map((line) => render(mark, line)),
    ...revived,
    ...losses.map((loss) => `# changed for ${title}: ${loss}`),
    ...untoldLines,
  ];
  const directiveLines = new Set(options.map((option) => option.directive.line));
  const eol = script.carriageReturns ? '\r\n' : '\n';
  const rest: string[] = [];
  let placed = false;
  for (let line = 0; line < script.starts.length; line++) {
    const text = script.text.slice(...lineSpan(script, line));
    if (directiveLines.has(line)) {
      if (!placed) rest.push(...block.map((one) => `${one}${eol}`));
      placed = true;
    } else if (!(placed && note.test(text)) && !kept.test(text.trimEnd())) rest.push(text);
  }
  return {
    text: rest.join(''),
    losses: [...losses, ...untold.map(({ span }) => script.text.slice(...span))],
  };
}

const render = (mark: string, { option, value }: Line): string => {
  if (value === undefined) return `${mark} ${option}`;
  return option.startsWith('--') && mark === '#SBATCH'
    ? `${mark} ${option}=${/[\s#'"\\]/.test(value) ? `"${value.replace(/(["\\])/g, '\\$1')}"` : value}`
    : `${mark} ${option} ${value}`;
};

/** Whether a directive that was kept as a comment is still one that the system reads. */
function readsAs(directive: string, system: System): boolean {
  const read = readBatchScript(`#!/bin/sh\n${directive}\n`);
  return read.options.length > 0 && (read.system === system || dialects[system].mark === '#PBS');
}
