/** What a string literal of Python stands for: https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences */
const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const literal = /^([a-zA-Z]{0,2})("""|'''|"|')([^]*)\2$/;
const escape = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]))/g;

/** The text of a literal with its quotes; undefined when only running it would tell (f-strings), or it is bytes. */
export function stringOf(token: string): string | undefined {
  const parts = literal.exec(token);
  if (!parts) return undefined;
  const prefix = (parts[1] ?? '').toLowerCase();
  const source = (parts[3] ?? '').replace(/\r\n?/g, '\n');
  if (/[bt]/.test(prefix)) return undefined;
  // without expressions an f-string is as certain as any other
  if (prefix.includes('f') && /[{}]/.test(source)) return undefined;
  if (prefix.includes('r') || !source.includes('\\')) return source;
  // the names of characters are a table of their own
  if (source.includes('\\N{')) return undefined;
  return source.replace(
    escape,
    (whole: string, octal?: string, hex?: string, four?: string, eight?: string, one?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const point = Number.parseInt(hex ?? four ?? eight ?? '', 16);
      if (!Number.isNaN(point)) return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      return simpleEscapes[one ?? ''] ?? whole;
    },
  );
}
