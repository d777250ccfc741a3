/** One word of a directive: in double quotes when a shell-like reader would take any of it for something else. */
export function directiveWord(text: string): string {
  return /^[\w./:@%^+,=-]+$/.test(text) ? text : `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
}

/** Indices as ranges, in order: 0, 1, 2 and 5 are `0-2` and `5`. */
export function rangesOf(indices: readonly number[]): readonly string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open?.last === index - 1) open.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
}
