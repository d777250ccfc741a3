/**
 * Tries to own the folder in argv[2] whenever a line arrives on stdin, and says how that went: "owner 7"
 * or "held <description>". An owner keeps the lock until it is killed.
 */
import readline from 'node:readline';
import { acquireOwnerLock, OwnerLock } from '#engine/owner-lock.ts';

const folder = process.argv[2] ?? '';
process.stdout.write('ready\n');
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === 'go') {
    const lock = await acquireOwnerLock(folder, { program: 'cli' });
    process.stdout.write(
      lock instanceof OwnerLock ? `owner ${lock.generation}\n` : `held ${lock.heldBy.description}\n`,
    );
  }
}
