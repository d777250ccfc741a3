/** Writes a journal of 100,000 events, then reads and folds it in a process of its own. Prints {"replayMs", "replayRssMiB"}. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJournal } from '#engine/journal.ts';
import type { JournalEvent } from '#engine/events.ts';
import { SweepFold } from '#engine/sweep-fold.ts';

const EVENTS = 100_000;
const journal = path.join(process.cwd(), 'journal.jsonl');

function* events(): Generator<JournalEvent> {
  const stamp = { at: Date.now(), owner: 1 };
  yield {
    ...stamp,
    type: 'launched',
    id: 'grid-1',
    name: 'grid',
    file: '/w/sweep.yaml',
    workingDirectory: '/w',
    method: 'grid',
    seed: 1,
    points: 100_000,
    metric: { name: 'loss', goal: 'minimize' },
    queue: 'local',
    version: 'bench',
  };
  for (let job = 0; ; job += 1) {
    yield {
      ...stamp,
      type: 'submitted',
      job,
      attempt: 1,
      parameters: { batch: 32, lr: 0.1 + job / 1e6, optimizer: 'adam' },
    };
    yield {
      ...stamp,
      type: 'started',
      job,
      attempt: 1,
      startedAt: stamp.at,
      pid: 1000 + job,
      host: 'node-1',
      slot: job % 2,
    };
    yield {
      ...stamp,
      type: 'ended',
      job,
      attempt: 1,
      state: 'done',
      exitCode: 0,
      startedAt: stamp.at,
      endedAt: stamp.at + 5,
      metrics: { loss: 1 / (job + 1), accuracy: 0.5 },
    };
  }
}

if (process.argv[2] === 'read') {
  const began = performance.now();
  const fold = new SweepFold();
  const { events: replayed } = await readJournal(journal);
  for (const event of replayed) fold.apply(event);
  const replayMs = performance.now() - began;
  if (replayed.length !== EVENTS) throw new Error(`${replayed.length} events instead of ${EVENTS}`);
  process.stdout.write(
    `${JSON.stringify({ replayMs, replayRssMiB: process.memoryUsage().rss / 2 ** 20 })}\n`,
  );
} else {
  const lines: string[] = [];
  for (const event of events()) {
    if (lines.length === EVENTS) break;
    lines.push(JSON.stringify(event));
  }
  writeFileSync(journal, lines.join('\n') + '\n');
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'read'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = child.status ?? 1;
}
