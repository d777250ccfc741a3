/** The outline of a sweep file for the editor: its keys, and the tree of its parameters. */
import type { DocumentSymbol } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import type { OutlineNode } from './outline-nodes.ts';

/** An outline of more entries is slow in the editor, and nobody scrolls through it. */
const most = 5000;
const longestDetail = 60;

/** From the text alone, so that the outline stays while the file doesn't parse. */
export function symbols(analysis: SweepAnalysis): readonly DocumentSymbol[] {
  const { text, outline, lines } = analysis;
  let count = 0;

  function toSymbol(
    node: OutlineNode,
    kind: DocumentSymbol['kind'],
    children: () => readonly DocumentSymbol[],
  ): readonly DocumentSymbol[] {
    if (node.name === '' || ++count > most) return [];
    const detail = text.slice(...node.value).replace(/\s+/g, ' ');
    const end = Math.max(node.end, node.value[1], node.key[1]);
    return [
      {
        name: node.name,
        kind,
        ...(detail !== '' && { detail: shortened(detail) }),
        range: lines.range(node.key[0], end),
        selection: lines.range(...node.key),
        children: children(),
      },
    ];
  }

  const parametersOf = (group: OutlineNode): readonly DocumentSymbol[] =>
    group.children.flatMap((node) => {
      const inner = node.children.find(({ name }) => name === 'parameters');
      return inner === undefined
        ? toSymbol(node, 'parameter', () => [])
        : toSymbol(node, 'group', () => parametersOf(inner));
    });

  const below = (node: OutlineNode): readonly DocumentSymbol[] =>
    node.name === 'parameters'
      ? parametersOf(node)
      : node.children.flatMap((child) => toSymbol(child, 'text', () => []));

  return outline.children.flatMap((node) => toSymbol(node, 'key', () => below(node)));
}

const shortened = (text: string): string =>
  text.length > longestDetail ? `${text.slice(0, longestDetail - 1)}…` : text;
