/** A command of a batch system that tells names. */
import type { SiteName } from '#core/batch/site-names.ts';

/** Names by their kind, which is `x-live` in the catalogues of directives. */
export type NamesByKind = Readonly<Record<string, readonly SiteName[]>>;

export interface Query {
  /** The program, found on PATH, and its arguments. */
  readonly argv: readonly [program: string, ...words: readonly string[]];
  readonly kinds: readonly string[];
  /** What the program printed on its standard output; undefined when that is nothing it should print. Never throws. */
  readonly read: (output: string) => NamesByKind | undefined;
}

/** The lines that are not blank, without line breaks. */
export const linesOf = (output: string): readonly string[] =>
  output.split(/\r?\n/).filter((line) => line.trim() !== '');

/** Each name once, in the order of their first appearance. */
export const namesOf = (names: Iterable<string>): readonly SiteName[] =>
  [...new Set(names)].map((name) => ({ name }));

/** The output of a program that prints one name a line and nothing else. */
export const oneNameEach =
  (kind: string) =>
  (output: string): NamesByKind => ({
    [kind]: namesOf(
      linesOf(output)
        .map((line) => line.trim())
        .filter((line) => !/\s/.test(line)),
    ),
  });
