/** What may stand at the caret: keys that are not there yet, words, whole distributions, macros, names. */
import type { Position } from '#core/text.ts';
import type { Completion } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import { caretAt, type KeyCaret, type ValueCaret } from './caret.ts';
import { completeKey } from './complete-keys.ts';
import { completeMacro } from './complete-macros.ts';
import { completeValue } from './complete-values.ts';
import { placeOf } from './outline-schema.ts';

/**
 * The completions at a place of any text, whether it is YAML yet or not: they are worked out from the
 * text's indentation and brackets, without reading it as a sweep.
 */
export function completion(analysis: SweepAnalysis, position: Position): readonly Completion[] {
  const { text, outline, lines } = analysis;
  const caret = caretAt(text, outline, lines.offset(position));
  if (caret === undefined) return [];
  const place = placeOf(caret.path);
  if (place === undefined) return [];
  if (caret.kind === 'key') {
    const listItems = place.schema.items !== undefined && caret.style === 'block';
    return listItems ? itemsWithDash(analysis, caret, position) : completeKey(analysis, caret, place);
  }
  if (isItemOf(caret, 'command')) return completeMacro(analysis, caret, lines.offset(position));
  const last = caret.path.at(-1);
  // the first entry of a map that is an item
  if (last?.kind === 'item' && caret.style === 'block' && place.schema.properties !== undefined)
    return completeKey(analysis, keyOfItem(caret), place);
  return completeValue(analysis, caret, place);
}

const isItemOf = ({ path }: ValueCaret, key: string): boolean =>
  path.length === 2 && path[0]?.name === key && path[1]?.kind === 'item';

/** Below a key that takes a list: its items, each with a dash. */
function itemsWithDash(analysis: SweepAnalysis, caret: KeyCaret, position: Position): readonly Completion[] {
  const [owner] = caret.path;
  if (caret.path.length !== 1 || owner?.name !== 'command' || caret.hasColon) return [];
  const items = owner.children.filter(({ kind }) => kind === 'item');
  const column = items.find((item) => item.column >= 0)?.column ?? owner.column + 2;
  const lead = `${' '.repeat(column)}- `;
  const range = analysis.lines.range(caret.lead[0], caret.token[1]);
  const typed = analysis.text.slice(...caret.lead);
  const macros = completeMacro(
    analysis,
    {
      ...caret,
      kind: 'value',
      token: [caret.token[0], caret.token[1]],
      quote: undefined,
      needsBlank: false,
      column,
    },
    analysis.lines.offset(position),
  );
  return macros.map((one) => ({
    ...one,
    edit: { range, newText: lead + one.edit.newText },
    filter: typed + (one.filter ?? one.label),
  }));
}

const keyOfItem = ({ path, token, column }: ValueCaret): KeyCaret => ({
  kind: 'key',
  path,
  token,
  style: 'block',
  taken: new Set(path.at(-1)?.children.map(({ name }) => name)),
  hasColon: false,
  lead: [token[0], token[0]],
  column,
  misplaced: false,
});
