import { printable } from './printable.ts';

/**
 * An argument list as a person would type it, for reading only: jobs are started from the list, never from a shell
 * line. Control characters are shown as escapes.
 */
export function formatArgv(argv: readonly string[], platform: NodeJS.Platform): string {
  return argv.map((item) => (platform === 'win32' ? windowsWord(item) : posixWord(item))).join(' ');
}

/** POSIX words: bare when harmless, in single quotes else, `$'…'` when there are control characters. */
function posixWord(item: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(item) && !item.startsWith('~')) return item;
  const visible = printable(item);
  if (visible === item) return `'${item.replaceAll("'", `'\\''`)}'`;
  return `$'${printable(item.replaceAll('\\', '\\\\').replaceAll("'", "\\'"))}'`;
}

/** Words as CommandLineToArgvW splits them. */
function windowsWord(item: string): string {
  if (/^[\w@+=:,./\\-]+$/.test(item)) return item;
  return `"${printable(item.replace(/(\\*)("|$)/g, (_all, slashes: string, quote: string) => slashes + slashes + (quote === '' ? '' : '\\"')))}"`;
}
