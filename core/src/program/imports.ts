/** The names under which a file knows modules and what is in them. */
import type { PythonSource } from './source.ts';

export interface Import {
  /** `a.b` of `import a.b` and `from a.b import c`, with its leading dots. */
  readonly module: string;
  /** `c` of `from a.b import c`; undefined for the module itself; `*`. */
  readonly member: string | undefined;
  /** The name that it has in this file. */
  readonly name: string;
}

const known = new WeakMap<PythonSource, readonly Import[]>();

/** Every import of the file, wherever it stands. */
export function importsOf(source: PythonSource): readonly Import[] {
  const imports = known.get(source) ?? readImports(source);
  known.set(source, imports);
  return imports;
}

function readImports(source: PythonSource): readonly Import[] {
  return source.occurrences('import').flatMap((at) => {
    const line = source.lines[source.lineOf(at)];
    if (!line || source.enclosing(at) >= 0) return [];
    // `import a`, `from a import b`, either behind `try:` or a semicolon
    const begin = source.find('from', line.from, at);
    return [
      ...(begin >= 0 ? memberImports(source, begin + 1, line.to) : plainImports(source, at + 1, line.to)),
    ];
  });
}

function* plainImports(source: PythonSource, from: number, to: number): Generator<Import> {
  let at = from;
  while (at < to) {
    let module = '';
    while (at < to && !source.is(at, ',') && !source.is(at, 'as') && !source.is(at, ';'))
      module += source.tokens[at++]?.text ?? '';
    const renamed = source.is(at, 'as') ? source.nameAt(at + 1) : undefined;
    if (renamed !== undefined) at += 2;
    yield { module, member: undefined, name: renamed ?? module.split('.')[0] ?? module };
    if (!source.is(at, ',')) return;
    at++;
  }
}

function* memberImports(source: PythonSource, from: number, to: number): Generator<Import> {
  let at = from;
  let module = '';
  while (at < to && !source.is(at, 'import')) module += source.tokens[at++]?.text ?? '';
  for (at++; at < to && !source.is(at, ';'); at++) {
    const member = source.is(at, '*') ? '*' : source.nameAt(at);
    if (member === undefined) continue;
    const renamed = source.is(at + 1, 'as') ? source.nameAt(at + 2) : undefined;
    if (renamed !== undefined) at += 2;
    yield { module, member, name: renamed ?? member };
  }
}

/** Where the file uses something of a module: `module.member` or the name that `member` was imported as. */
export function usesOf(
  source: PythonSource,
  imports: readonly Import[],
  module: string,
  member: string,
): readonly (readonly [from: number, to: number])[] {
  const found: (readonly [number, number])[] = [];
  for (const one of imports) {
    if (one.module === module && one.member === member)
      for (const at of source.variables(one.name)) if (!isInImport(source, at)) found.push([at, at + 1]);
    const parts = one.module === module && one.member === undefined ? one.name : undefined;
    if (parts === undefined) continue;
    for (const at of source.variables(parts)) {
      if (source.is(at + 1, '.') && source.is(at + 2, member)) found.push([at, at + 3]);
    }
  }
  // the same module may be imported in several places
  return [...new Map(found.map((stretch) => [stretch[0], stretch])).values()].sort((a, b) => a[0] - b[0]);
}

/** Whether a token belongs to an import. */
export function isInImport(source: PythonSource, at: number): boolean {
  const line = source.lines[source.lineOf(at)];
  if (!line) return false;
  if (source.is(line.from, 'import') || source.is(line.from, 'from')) return true;
  const word = source.find('import', line.from, line.to);
  return word >= 0 && word < at;
}
