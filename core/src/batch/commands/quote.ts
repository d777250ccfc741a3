/** Characters that no POSIX shell does anything with; a leading `~` or `#` is not among them. */
const plain = /^[\w@%+:,./-][\w@%+:,./=~-]*$/;

/**
 * One argument as a POSIX shell reads it back unchanged: plain words as they are, everything else between
 * single quotes (POSIX XCU 2.2.2). Not for the place of a program's name, where `a=1` is an assignment.
 */
export function quoteArgument(word: string): string {
  return plain.test(word) && !/[=:]~/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
