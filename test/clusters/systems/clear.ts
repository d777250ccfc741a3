/**
 * The end of a test system, however it comes: what runs for it and what it changed on the machine is written down
 * in its directory as it happens, so that any process can put an end to it.
 */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { end, family, type ProcessIdentity } from './processes.ts';

type Line =
  | {
      readonly kind: 'process';
      readonly name: string;
      readonly process: ProcessIdentity;
      readonly signal: NodeJS.Signals;
    }
  /** A file outside of the directory, as it was before; text null: it was not there. */
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly text: string | null;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

const ledger = (directory: string): string => path.join(directory, 'started.jsonl');

/** Writes down something that `clear` undoes, the latest first. */
export function remember(directory: string, line: Line): void {
  appendFileSync(ledger(directory), `${JSON.stringify(line)}\n`);
}

/** Ends everything that belongs to the system in `directory`, undoes its changes and removes the directory. */
export async function clear(directory: string): Promise<void> {
  if (!existsSync(ledger(directory))) {
    rmSync(directory, { recursive: true, force: true });
    return;
  }
  const lines = readFileSync(ledger(directory), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .reverse();
  // Collected while the daemons live: afterwards nobody knows any more who started the jobs.
  const daemons = lines.flatMap((line) => (line.kind === 'process' ? [line.process] : []));
  const relatives = family({ environment: directory, roots: daemons });
  for (const line of lines) if (line.kind === 'process') await end([line.process], line.signal, 5);
  await end(relatives, 'SIGKILL', 5);
  // What the relatives started between the look and their end.
  await end(family({ environment: directory }), 'SIGKILL', 5);
  for (const line of lines) {
    if (line.kind !== 'file') continue;
    if (line.text === null) rmSync(line.file, { force: true });
    else {
      writeFileSync(line.file, line.text);
      chownSync(line.file, line.uid, line.gid);
      chmodSync(line.file, line.mode);
    }
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
