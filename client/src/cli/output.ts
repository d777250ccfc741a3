import { stringifyJson, type Value } from '#core/value.ts';
import { painter, type Paint } from './format/colour.ts';
import type { FlagValues } from './flags.ts';
import type { Terminal } from './terminal.ts';

/**
 * Where a command's words go. Results are standard output's; progress and notices are standard error's.
 * With `--json` standard output carries JSON and nothing else; with `--quiet` standard error carries warnings
 * and errors only.
 */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours for standard output and standard error; identity when they are off. */
  readonly paint: Paint;
  readonly paintNotes: Paint;
  /** Whether a progress line may be redrawn in place. */
  readonly live: boolean;
  /** A line of the result; dropped with `--json`. */
  readonly line: (text?: string) => void;
  /** A JSON document on one line; dropped without `--json`. */
  readonly document: (value: Value) => void;
  /** A line for the person who watches; dropped with `--quiet`. */
  readonly note: (text: string) => void;
  /** A line that is always shown. */
  readonly warn: (text: string) => void;
  /** Redraws the progress line; an empty text removes it. Does nothing unless `live`. */
  readonly progress: (text: string) => void;
}

const ERASE_LINE = '\r\u001B[2K';

/** Output onto a terminal as the flags `--json`, `--quiet` and `--no-color` ask. */
export function createOutput(terminal: Terminal, flags: FlagValues): Output {
  const json = flags.json === true;
  const quiet = flags.quiet === true;
  const colour = flags['no-color'] !== true && (terminal.env['NO_COLOR'] ?? '') === '';
  const live = terminal.stderr.isTerminal && terminal.env['TERM'] !== 'dumb' && !quiet;
  let drawn = '';

  const above = (write: () => void): void => {
    if (drawn !== '') terminal.stderr.write(ERASE_LINE);
    write();
    if (drawn !== '') terminal.stderr.write(drawn);
  };

  return {
    json,
    quiet,
    live,
    paint: painter(colour && terminal.stdout.isTerminal),
    paintNotes: painter(colour && terminal.stderr.isTerminal),
    line: (text = '') => {
      if (!json) above(() => terminal.stdout.write(`${text}\n`));
    },
    document: (value) => {
      if (json) above(() => terminal.stdout.write(`${stringifyJson(value)}\n`));
    },
    note: (text) => {
      if (!quiet) above(() => terminal.stderr.write(`${text}\n`));
    },
    warn: (text) => above(() => terminal.stderr.write(`${text}\n`)),
    progress: (text) => {
      if (!live || text === drawn) return;
      terminal.stderr.write(ERASE_LINE + text);
      drawn = text;
    },
  };
}
