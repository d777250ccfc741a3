/**
 * Rewrites the directives of a batch script for another system, by way of what the script asks for. Other
 * lines stay as they are. What has no equivalent stays as a comment, from which it comes back when the script
 * is translated back.
 */
import type { BatchScript } from '../read.ts';
import { lineSpan } from '../problem-list.ts';
import type { DirectiveLine } from '../script.ts';
import { dialects, type System } from '../systems.ts';
import type { ReadOption } from '../validate.ts';
import { readBatchScript } from '../read.ts';
import type { Draft, Line, Written } from './fields.ts';
import { finishLsf, fromLsf, toLsf } from './lsf.ts';
import { fromOar, toOar } from './oar.ts';
import { finishPbs, fromPbs, toPbs } from './pbs.ts';
import { splitWords } from '../words.ts';
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
  // the further parts of a heterogeneous job ask for nodes of their own: only its first has a place elsewhere
  const untold = options.filter((option) => option.part > 0 || !translator.take(option, draft));
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
  const asComment = (directive: string): string => `# not in ${title}: ${source.mark} ${directive}`;
  const untoldLines = untold.flatMap(({ span, part }, index) => [
    ...Array.from({ length: part - (untold[index - 1]?.part ?? 0) }, () => asComment('hetjob')),
    asComment(script.text.slice(...span)),
  ]);
  const block = [
    ...lines.map((line) => render(mark, line)),
    ...revived,
    ...losses.map((loss) => `# changed for ${title}: ${loss}`),
    ...untoldLines,
  ];
  const directiveLines = new Map(options.map(({ directive }) => [directive.line, directive]));
  const eol = script.carriageReturns ? '\r\n' : '\n';
  const rest: string[] = [];
  let placed = false;
  for (let line = 0; line < script.starts.length; line++) {
    const text = script.text.slice(...lineSpan(script, line));
    const directive = directiveLines.get(line);
    if (directive !== undefined) {
      if (!placed) rest.push(...block.map((one) => `${one}${eol}`));
      placed = true;
      const comment = commentBehind(script.text, directive, system);
      if (comment !== undefined) rest.push(`${comment}${eol}`);
    } else if (system === 'slurm' && partMark.test(text)) continue;
    else if (!(placed && note.test(text)) && !kept.test(text.trimEnd())) rest.push(text);
  }
  return {
    text: rest.join(''),
    losses: [...losses, ...untold.map(({ span }) => script.text.slice(...span))],
  };
}

const looksLikeDirective = /^(?:\$|[A-Za-z]+)\s*--?[A-Za-z]/;

/** The comment at the end of a directive, as a line of its own. */
function commentBehind(text: string, { body }: DirectiveLine, system: System): string | undefined {
  // OAR takes the rest of the line for the value
  if (system === 'oar') return undefined;
  const { comment } = splitWords(text, body, system === 'slurm' ? 'anywhere' : 'word-start');
  const words =
    comment &&
    text
      .slice(...comment)
      .replace(/^#+\s*/, '')
      .trimEnd();
  if (words === undefined || words === '') return undefined;
  // what looks like a directive must not become one
  return looksLikeDirective.test(words) ? `# before: ${words}` : `# ${words}`;
}

const render = (mark: string, { option, value }: Line): string => {
  if (value === undefined) return `${mark} ${option}`;
  return option.startsWith('--') && mark === '#SBATCH'
    ? `${mark} ${option}=${/[\s#'"\\]/.test(value) ? `"${value.replace(/(["\\])/g, '\\$1')}"` : value}`
    : `${mark} ${option} ${value}`;
};

/** Parts the parts of a heterogeneous job. */
const partMark = /^#SBATCH[ \t]+(?:het|pack)job\s*$/;

/** Whether a directive that was kept as a comment is still one that the system reads. */
function readsAs(directive: string, system: System): boolean {
  if (partMark.test(directive)) return system === 'slurm';
  const read = readBatchScript(`#!/bin/sh\n${directive}\n`);
  return read.options.length > 0 && (read.system === system || dialects[system].mark === '#PBS');
}
