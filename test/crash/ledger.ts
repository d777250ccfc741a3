/** A sweep whose jobs sign a common ledger when they begin and when they end, so that lost and doubled runs show. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface LedgerSweep {
  readonly root: string;
  readonly file: string;
  /** `+work-1/7` when a job begins, `-work-1/7` when it ends, in the order of writing. */
  readonly entries: () => readonly string[];
}

/** Jobs sleep `seconds`; job x's parameter is x, from 0. One short write with O_APPEND is one entry. */
export function ledgerSweep(jobs: number, seconds: number): LedgerSweep {
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-crash-'));
  mkdirSync(path.join(root, 'work'));
  const ledger = path.join(root, 'ledger');
  writeFileSync(ledger, '');
  const file = path.join(root, 'work', 'sweep.yaml');
  const script = `job="$SWEEPDECK_SWEEP_ID/$1"; echo "+$job" >> "${ledger}"; sleep ${seconds}; echo "-$job" >> "${ledger}"; echo "{\\"seen\\": $1}" >> "$SWEEPDECK_METRICS"`;
  writeFileSync(
    file,
    [
      'method: grid',
      'metric: {name: seen, goal: minimize}',
      `parameters: {x: {min: 0, max: ${jobs - 1}}}`,
      `command: ["sh", "-c", ${JSON.stringify(script.replaceAll('${', '$${'))}, "job", "\${x}"]`,
      '',
    ].join('\n'),
  );
  return {
    root,
    file,
    entries: () =>
      readFileSync(ledger, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
  };
}
