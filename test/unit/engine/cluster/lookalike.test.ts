import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bench } from './bench.ts';
import { FakeSystem } from './fake-system.ts';

const ARRAYS = { firstTask: 1, most: 10, variable: 'FAKE_TASK' } as const;

/** A system with arrays, for whose commands others without stand in when the probe says so. */
function ambiguous(): FakeSystem {
  const fake = new FakeSystem({ arrays: ARRAYS });
  const { system } = fake;
  return Object.assign(fake, {
    system: {
      ...system,
      lookalike: {
        isIt: ({ code }: { readonly code: number | undefined }) => code === 2,
        system: { ...system, title: 'Another', arrays: undefined },
      },
    },
  });
}

describe('commands that more than one batch system brings', () => {
  it('are used as the system that is there wants it', async () => {
    const fake = ambiguous();
    fake.force('probe', { code: 2, stdout: '', stderr: '' });
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 3);
    assert.equal(fake.count('probe'), 1);
    assert.equal(bench.monitor.connection.system.title, 'Another');
  });

  it('are those of the system that was asked for when nothing speaks for the other', async () => {
    const fake = ambiguous();
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 1);
  });

  it('are not used before it is known whose they are', async () => {
    const fake = ambiguous();
    fake.force('probe', { code: undefined, stdout: '', stderr: '', trouble: 'timed-out' });
    fake.force('probe', { code: 255, stdout: '', stderr: 'ssh: no route to host' });
    fake.force('probe', { code: 2, stdout: '', stderr: '' });
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.deepEqual(
      fake.calls.map(({ program }) => program).filter((program) => ['probe', 'submit'].includes(program)),
      ['probe', 'probe', 'probe', 'submit', 'submit'],
    );
    assert.ok(bench.troubles.some((sentence) => sentence?.includes('did not answer in time')));
    assert.equal(bench.troubles.at(-1), undefined);
  });
});
