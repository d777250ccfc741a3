import { widthOf } from './printable.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Lines of a table: columns as wide as their widest cell, two spaces between, no trailing spaces. Cells may be styled.
 * The header row is passed through `header`.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  header: (text: string) => string = (text) => text,
): readonly string[] {
  const widths = columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), widthOf(column.title)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? '';
        const fill = ' '.repeat((widths[index] ?? 0) - widthOf(cell));
        return column.align === 'right' ? fill + cell : cell + fill;
      })
      .join('  ')
      .trimEnd();
  return [header(line(columns.map((column) => column.title))), ...rows.map(line)];
}
