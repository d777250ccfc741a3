/** Macros and parameters in the items of a command. */
import { macroNamed } from '#core/sweep/command.ts';
import type { Completion } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import type { ValueCaret } from './caret.ts';
import { macroDescription, macroNames } from './macros.ts';
import type { OutlineNode } from './outline-nodes.ts';

/** More parameters than this are not looked for in a list. */
const mostParameters = 1000;

/** Completes `$`, `${` and `${na`, or an item that is empty so far. */
export function completeMacro(
  analysis: SweepAnalysis,
  caret: ValueCaret,
  offset: number,
): readonly Completion[] {
  const { text, lines } = analysis;
  const [itemStart, itemEnd] = caret.token;
  const contentStart = itemStart + (caret.quote === undefined ? 0 : 1);
  const before = text.slice(contentStart, offset);
  const begun = /(?<!\$)\$(?:\{[^{}]*)?$/.exec(before)?.[0];
  if (begun === undefined && before !== '') return [];
  const start = offset - (begun?.length ?? 0);
  const end =
    offset + (/^[^\s{}"',\]]*\}/.exec(text.slice(offset, Math.max(offset, itemEnd)))?.[0].length ?? 0);
  const contentEnd = caret.quote !== undefined && text[itemEnd - 1] === caret.quote ? itemEnd - 1 : itemEnd;
  const isWholeItem = before === (begun ?? '') && text.slice(end, Math.max(end, contentEnd)).trim() === '';
  // what is not quoted can't hold brackets inside of brackets
  const needsQuotes = caret.style === 'flow' && caret.quote === undefined;
  if (needsQuotes && !isWholeItem) return [];
  const range = lines.range(start, end);
  const offer = (name: string, rest: Partial<Completion>): Completion => {
    const macro = `\${${name}}`;
    const newText = (caret.needsBlank ? ' ' : '') + (needsQuotes ? `"${macro}"` : macro);
    return { label: macro, kind: 'macro', ...rest, edit: { range, newText }, filter: macro };
  };
  return [
    ...macroNames
      .filter((name) => isWholeItem || macroNamed(name)?.inText === true)
      .map((name) => {
        const documentation = macroDescription(name);
        return offer(name, documentation === undefined ? {} : { documentation });
      }),
    ...parameterNames(analysis.outline)
      .filter((name) => macroNamed(name) === undefined)
      .map((name) => offer(name, { kind: 'parameter', detail: 'parameter' })),
    ...environment(offer, begun),
  ];
}

/** The beginning of `${envvar:NAME}` as it is typed. */
function environment(
  offer: (name: string, rest: Partial<Completion>) => Completion,
  begun: string | undefined,
): readonly Completion[] {
  const variable = /^\$\{envvar:([A-Za-z_][A-Za-z0-9_]*)$/.exec(begun ?? '')?.[1] ?? 'HOME';
  return [offer(`envvar:${variable}`, { documentation: macroDescription('envvar:') ?? '' })];
}

/** Dotted names of the parameters and groups, in the order of the text. */
function parameterNames(outline: OutlineNode): readonly string[] {
  const names: string[] = [];
  const visit = (group: OutlineNode | undefined, prefix: string): void => {
    for (const { name, children } of group?.children ?? []) {
      if (names.length >= mostParameters) return;
      if (name === '' || /[^\w.-]/.test(name)) continue;
      names.push(prefix + name);
      visit(
        children.find((child) => child.name === 'parameters'),
        `${prefix}${name}.`,
      );
    }
  };
  visit(
    outline.children.find(({ name }) => name === 'parameters'),
    '',
  );
  return names;
}
