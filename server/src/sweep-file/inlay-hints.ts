/** Counts at the end of lines: values of each parameter, jobs of the grid, bands of early termination. */
import { isMap } from 'yaml';
import { gridSize } from '#core/sweep/distributions.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import type { Position, Range } from '#core/text.ts';
import type { InlayHint } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import { bandsShortly } from './bands.ts';

/** The hints in the range; none while the file has errors, since there is nothing to count then. */
export function inlayHints(analysis: SweepAnalysis, range: Range): readonly InlayHint[] {
  const { sweep } = analysis;
  if (sweep === undefined) return [];
  const within = ({ line }: Position): boolean => range.start.line <= line && line <= range.end.line;
  return [...sizes(analysis, sweep, within), ...total(analysis, sweep), ...bands(analysis, sweep)]
    .filter(({ position }) => within(position))
    .sort((a, b) => a.position.line - b.position.line);
}

function sizes(
  analysis: SweepAnalysis,
  { parameters }: Sweep,
  within: (position: Position) => boolean,
): readonly InlayHint[] {
  const hints = new Map<number, InlayHint>();
  for (const { distribution, range } of parameters) {
    // a definition that is used through an alias is counted where the alias stands
    if (distribution.distribution === 'constant' || !within(range.start)) continue;
    const size = gridSize(distribution) ?? weightedSize(distribution);
    if (size === undefined) continue;
    const line = keyLine(analysis, range.start);
    hints.set(line, { position: endOfLine(analysis, line), text: plural(size, 'value') });
  }
  return [...hints.values()];
}

const weightedSize = (distribution: object): bigint | undefined =>
  'values' in distribution && Array.isArray(distribution.values)
    ? BigInt(distribution.values.length)
    : undefined;

/** The line of the name: that of the definition when it is in brackets, else the one above with content. */
function keyLine({ text, document }: SweepAnalysis, start: Position): number {
  const offset = document.lines.offset({ line: start.line, character: 0 });
  const lead = text.slice(offset, offset + start.character);
  if (lead.trim() !== '') return start.line;
  for (let line = start.line - 1; line > 0; line--) {
    const at = document.lines.offset({ line, character: 0 });
    const content = text.slice(at, document.lines.lineEnd(at)).trim();
    if (content !== '' && !content.startsWith('#')) return line;
  }
  return start.line;
}

/** `= 24 jobs` at `parameters`, for a method that has an end. */
function total(analysis: SweepAnalysis, { method, parameters, runCap }: Sweep): readonly InlayHint[] {
  if (method !== 'grid') return [];
  let size = 1n;
  for (const { distribution } of parameters) {
    const points = gridSize(distribution);
    if (points === undefined) return [];
    size *= points;
  }
  const capped = runCap !== undefined && BigInt(runCap) < size;
  const line = lineOf(analysis, 'parameters');
  if (line === undefined) return [];
  const text = `= ${plural(size, 'job')}${capped ? `, ${grouped(BigInt(runCap))} of them run` : ''}`;
  return [{ position: endOfLine(analysis, line), text }];
}

function bands(analysis: SweepAnalysis, sweep: Sweep): readonly InlayHint[] {
  const words = bandsShortly(sweep);
  const line = lineOf(analysis, 'early_terminate');
  return words === undefined || words === '' || line === undefined
    ? []
    : [{ position: endOfLine(analysis, line), text: `bands ${words}` }];
}

function lineOf({ document }: SweepAnalysis, key: string): number | undefined {
  const top = document.root;
  const entry = top && isMap(top) ? document.entry(top, key) : undefined;
  return entry && document.position(entry.key.range[0]).line;
}

function endOfLine({ document }: SweepAnalysis, line: number): Position {
  const start = document.lines.offset({ line, character: 0 });
  return { line, character: document.lines.lineEnd(start) - start };
}

const plural = (count: bigint, word: string): string => `${grouped(count)} ${word}${count === 1n ? '' : 's'}`;

/** `1,000,000`: exact, however many. */
const grouped = (count: bigint): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
