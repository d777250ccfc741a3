import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, it } from 'node:test';
import { acquireOwnerLock, OwnerLock, readOwner } from '#engine/owner-lock.ts';
import { temporaryFolder } from '../unit/durability/disk.ts';
import { type Program, start } from '../unit/durability/programs/spawn.ts';

const CONTENDERS = 20;
const ROUNDS = 10;

/** Everybody tries at once. Returns the owner and its generation, having checked that there is one only. */
async function contend(programs: readonly Program[]): Promise<{ owner: Program; generation: number }> {
  for (const program of programs) program.say('go');
  const answers = await Promise.all(programs.map((program) => program.next()));
  const winners = answers.flatMap((answer, index) => (answer?.startsWith('owner ') === true ? [index] : []));
  assert.equal(winners.length, 1, `one owner, not: ${answers.join(', ')}`);
  const [index = -1] = winners;
  const owner = programs[index];
  assert.ok(owner !== undefined);
  return { owner, generation: Number(answers[index]?.slice('owner '.length)) };
}

describe('twenty processes that want one sweep', () => {
  it('get exactly one owner, again and again when it is killed', async (t) => {
    const folder = temporaryFolder(t);
    let programs = Array.from({ length: CONTENDERS }, () => start('contender.ts', folder));
    t.after(() => Promise.all(programs.map((program) => program.kill())));
    // the first round is at the start of the processes
    let last = 0;
    for (let round = 0; round < ROUNDS; round++) {
      if (round === 0) for (const program of programs) assert.equal(await program.next(), 'ready');
      const { owner, generation } = await contend(programs);
      assert.ok(generation > last, `${generation} after ${last}`);
      last = generation;
      const sight = await readOwner(folder);
      assert.ok(sight.kind === 'held' && sight.owner?.pid === owner.child.pid);
      assert.deepEqual(
        fs.readdirSync(folder).filter((name) => name.endsWith('.lock')),
        [`owner.${generation}.lock`],
      );
      await owner.kill();
      assert.deepEqual(await readOwner(folder), { kind: 'nobody' });
      programs = programs.filter((program) => program !== owner);
    }
    const lock = await acquireOwnerLock(folder, { program: 'editor' });
    assert.ok(lock instanceof OwnerLock);
    assert.equal(lock.generation, last + 1);
    await lock.release();
    assert.deepEqual(await readOwner(folder), { kind: 'nobody' });
  });

  it('never have two owners at a time while owners are killed as soon as they won', async (t) => {
    const folder = temporaryFolder(t);
    const programs = Array.from({ length: 6 }, () => start('contender.ts', folder));
    t.after(() => Promise.all(programs.map((program) => program.kill())));
    const generations: number[] = [];
    await Promise.all(
      programs.map(async (program) => {
        await program.next();
        for (let tries = 0; tries < 5000; tries++) {
          program.say('go');
          const answer = await program.next();
          if (answer?.startsWith('owner ') !== true) continue;
          const generation = Number(answer.slice('owner '.length));
          // nobody may have gone beyond an owner that lives
          const highest = Math.max(
            ...fs.readdirSync(folder).map((name) => Number(/^owner\.(\d+)\.lock$/.exec(name)?.[1] ?? 0)),
          );
          assert.equal(highest, generation);
          generations.push(generation);
          await program.kill();
          return;
        }
        assert.fail('never became the owner');
      }),
    );
    assert.deepEqual(
      generations,
      generations.map((_, index) => index + 1),
    );
  });
});
