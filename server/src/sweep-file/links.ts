/** The files that a sweep file names, and where its anchors, macros and parameters are defined. */
import { isAlias, isMap, isScalar, visit } from 'yaml';
import type { Entry, MapNode, SweepDocument } from '#core/sweep/document.ts';
import { spanOf } from '#core/sweep/document.ts';
import type { Position } from '#core/text.ts';
import type { Definition, FileLink } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';

/** `program`, and jobs that are given as paths; only those that are there. */
export function links({ document, surroundings }: SweepAnalysis): readonly FileLink[] {
  const top = document.root;
  if (!top || !isMap(top)) return [];
  const scheduler = document.entry(top, 'scheduler')?.value;
  const entries = [
    document.entry(top, 'program'),
    pathOnly(document, document.entry(top, 'job')),
    scheduler && isMap(scheduler) ? pathOnly(document, document.entry(scheduler, 'job')) : undefined,
    scheduler && isMap(scheduler) ? document.entry(scheduler, 'source') : undefined,
  ];
  return entries.flatMap((entry): FileLink[] => {
    const file = textOf(document, entry);
    if (entry === undefined || file === undefined || file === '') return [];
    const found = surroundings.findProgram?.(file);
    if (found === undefined || found === 'missing') return [];
    return [{ range: document.range(entry.written), folder: found.folder, file }];
  });
}

/** A job is mostly a name with a version, `me/mine/job-x:latest`, and only sometimes a path. */
function pathOnly(document: SweepDocument, entry: Entry | undefined): Entry | undefined {
  const text = textOf(document, entry);
  return text !== undefined && !text.includes(':') && /\.\w+$/.test(text) ? entry : undefined;
}

function textOf(document: SweepDocument, entry: Entry | undefined): string | undefined {
  if (!entry?.value || !isScalar(entry.value)) return undefined;
  const value = document.value(entry.value);
  return typeof value === 'string' ? value : undefined;
}

/** The file at the position, the anchor of an alias, or the parameter that a macro names. */
export function definition(analysis: SweepAnalysis, position: Position): Definition | undefined {
  const { document } = analysis;
  const offset = document.lines.offset(position);
  const macro = macroAt(analysis.text, offset);
  if (macro !== undefined) return definitionOfMacro(analysis, macro);
  const link = links(analysis).find(({ range }) => {
    const [start, end] = [document.lines.offset(range.start), document.lines.offset(range.end)];
    return start <= offset && offset <= end;
  });
  return link === undefined ? anchorOfAlias(document, offset) : { kind: 'file', link };
}

/** The name in the `${name}` around the offset. */
function macroAt(text: string, offset: number): string | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  return [...line.matchAll(/\$\$\{|\$\{([^{}]*)\}/g)].find(
    ({ index, 0: whole }) => lineStart + index <= offset && offset <= lineStart + index + whole.length,
  )?.[1];
}

function definitionOfMacro({ document }: SweepAnalysis, name: string): Definition | undefined {
  const top = document.root;
  if (!top || !isMap(top)) return undefined;
  const entry =
    name === 'program' ? document.entry(top, 'program') : parameterEntry(document, top, name.split('.'));
  return entry && { kind: 'place', range: document.range(spanOf(entry.key)) };
}

/** The entry of a parameter by its dotted name; a name may itself have dots, so the longest one counts. */
function parameterEntry(
  document: SweepDocument,
  around: MapNode,
  names: readonly string[],
): Entry | undefined {
  const group = document.entry(around, 'parameters')?.value;
  if (!group || !isMap(group)) return undefined;
  for (let count = names.length; count > 0; count--) {
    const entry = document.entry(group, names.slice(0, count).join('.'));
    if (entry === undefined) continue;
    if (count === names.length) return entry;
    const inner =
      entry.value && isMap(entry.value)
        ? parameterEntry(document, entry.value, names.slice(count))
        : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function anchorOfAlias(document: SweepDocument, offset: number): Definition | undefined {
  if (!document.text.includes('*') || !document.root) return undefined;
  let found: Definition | undefined;
  visit(document.root, (_, node) => {
    if (!isAlias(node) || !node.range || offset < node.range[0] || offset > node.range[1]) return undefined;
    const target = document.resolve(node as Parameters<SweepDocument['resolve']>[0]);
    if (target) found = { kind: 'place', range: document.range([target.range[0], target.range[0]]) };
    return visit.BREAK;
  });
  return found;
}
