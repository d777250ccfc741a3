/** The directive lines of a submission: those of the queue, those of the sweep file over them. Pure. */
import { readBatchScript } from '#core/batch/read.ts';
import { catalogueOf, type OptionSpec } from '#core/batch/catalogue.ts';
import { dialects, type System } from '#core/batch/systems.ts';
import type { Json } from '#core/sweep/sweep.ts';
import type { BatchSystem } from './batch-system.ts';

export interface Directives {
  /** With their mark, in order; those that the driver itself writes are left out. */
  readonly lines: readonly string[];
  /** Sentences: what the batch system would refuse. */
  readonly problems: readonly string[];
  /** Sentences about lines that are left out. */
  readonly remarks: readonly string[];
}

/**
 * @param queue the queue's lines, with or without mark
 * @param resourceArgs `launch.resource_args` of the sweep file: options by their long names (or letters), and
 *   `directives`, a list of lines; also all of that below the system's name. They win over the queue's.
 */
export function directivesOf(
  system: BatchSystem,
  queue: readonly string[],
  resourceArgs: Readonly<Record<string, Json>> = {},
): Directives {
  const problems: string[] = [];
  const mine = [...queue].map((line) => marked(system.system, line)).filter((line) => line !== '');
  const theirs = linesOf(system.system, resourceArgs, problems);
  const overridden = new Set(theirs.flatMap((line) => keysIn(system.system, line)));
  const removed = removedBy(system.system, resourceArgs);
  const lines: string[] = [];
  const remarks: string[] = [];
  for (const line of mine) {
    const keys = keysIn(system.system, line);
    const isOverridden = keys.length > 0 && keys.every((key) => overridden.has(key) || removed.has(key));
    if (!isOverridden) lines.push(line);
  }
  const kept = [...lines, ...theirs].flatMap((line) => {
    const rest = system.keptOf(line);
    if (rest !== line)
      remarks.push(`Of the line "${line}" a part is left out: Sweepdeck writes that itself.`);
    return rest ?? [];
  });
  problems.push(...problemsIn(system.system, kept));
  return { lines: kept, problems, remarks };
}

function marked(system: System, line: string): string {
  const { mark } = dialects[system];
  const text = line.trim();
  if (text === '' || text.startsWith(mark)) return text;
  return text.startsWith('#') ? '' : `${mark} ${text}`;
}

function argsFor(
  system: System,
  resourceArgs: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const own = resourceArgs[system];
  return isRecord(own) ? own : resourceArgs;
}

function linesOf(
  system: System,
  resourceArgs: Readonly<Record<string, Json>>,
  problems: string[],
): readonly string[] {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(argsFor(system, resourceArgs))) {
    if (key === 'directives') {
      const texts = Array.isArray(value) ? value : [value];
      for (const text of texts) {
        if (typeof text === 'string' && !/[\n\r]/.test(text)) lines.push(marked(system, text));
        else problems.push("'directives' in launch.resource_args must be a list of lines.");
      }
      continue;
    }
    const values: readonly Json[] = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (one === false || one === null) continue;
      if (typeof one === 'object' || String(one).includes('\n')) {
        problems.push(
          `'${key}' in launch.resource_args must be a text, a number, true, false, or a list of those.`,
        );
      } else {
        lines.push(lineOf(system, key, one));
      }
    }
  }
  return lines.filter((line) => line !== '');
}

/** Options that the sweep file turns off: `exclusive: false`. */
function removedBy(system: System, resourceArgs: Readonly<Record<string, Json>>): ReadonlySet<string> {
  const off = Object.entries(argsFor(system, resourceArgs)).filter(
    ([, value]) => value === false || value === null,
  );
  return new Set(off.map(([key]) => specOf(system, key)?.key ?? key));
}

function specOf(system: System, key: string): OptionSpec | undefined {
  const { options, byLetter } = catalogueOf(system);
  const plain = key.replace(/^-+/, '');
  const known = options.get(plain) ?? options.get(plain.replaceAll('_', '-')) ?? byLetter.get(plain);
  return known;
}

function lineOf(system: System, key: string, value: string | number | true): string {
  const { mark, syntax } = dialects[system];
  const plain = key.replace(/^-+/, '');
  const spec = specOf(system, key);
  const long = syntax === 'getopt-long' || syntax === 'one-per-line';
  const name = spec?.name ?? (long && plain.length > 1 ? `--${plain}` : `-${plain}`);
  if (value === true) return `${mark} ${name}`;
  const joint = name.startsWith('--') && syntax !== 'one-per-line' ? '=' : ' ';
  return `${mark} ${name}${joint}${worded(system, String(value))}`;
}

/** One word where the system splits a line at blanks. */
function worded(system: System, value: string): string {
  if (dialects[system].syntax === 'one-per-line' || /^[^\s"'\\#]+$/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const scriptWith = (system: System, lines: readonly string[]): string =>
  ['#!/bin/sh', ...lines, `# sweepdeck: system ${system}`, 'true', ''].join('\n');

function keysIn(system: System, line: string): readonly string[] {
  return readBatchScript(scriptWith(system, [line])).options.map(({ spec }) => spec.key);
}

function problemsIn(system: System, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const { problems } = readBatchScript(scriptWith(system, lines));
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ message, range }) => {
      const line = lines[range.start.line - 1];
      return line === undefined ? message : `${message} The line is: ${line}`;
    });
}
