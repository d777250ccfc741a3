import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalWorkers, Slot, SlotSettings } from '#engine/queues/local/workers.ts';
import { makeWorkers } from './harness.ts';

const MACHINE = Promise.resolve({ host: 'here' });

/** A taker that wants `wanted` slots and takes what it is given. */
class Taker {
  readonly slots: Slot[] = [];
  readonly #workers: LocalWorkers;
  wanted: number;

  constructor(workers: LocalWorkers, wanted: number) {
    this.#workers = workers;
    this.wanted = wanted;
    workers.join(this);
  }

  onFree(): void {
    while (this.slots.length < this.wanted && this.#workers.free(this) > 0) {
      this.#workers.acquire(this, (slot) => this.slots.push(slot));
    }
  }

  /** One job ends; whoever takes its slot does so in this call or in the offer after it. */
  async endOne(): Promise<void> {
    const slot = this.slots.shift();
    assert.ok(slot !== undefined);
    this.#workers.release(slot);
    this.onFree();
    await offered();
  }
}

const offered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function workersWith(
  settings: Partial<SlotSettings>,
  gpus?: () => Promise<readonly string[]>,
): Promise<LocalWorkers> {
  const workers = makeWorkers(settings, {
    machine: MACHINE,
    ...(gpus === undefined ? {} : { detectGpus: gpus }),
  });
  await offered();
  return workers;
}

describe('worker slots', () => {
  it('are as many as the setting says at the moment', async () => {
    const settings = { workers: 3 };
    const workers = await workersWith(settings);
    const taker = new Taker(workers, 10);
    workers.offer();
    await offered();
    assert.deepEqual(
      taker.slots.map(({ number }) => number),
      [0, 1, 2],
    );
    assert.equal(workers.free(taker), 0);
  });

  it('follow a setting that changes', async () => {
    let count = 1;
    const workers = makeWorkers(
      {},
      { machine: MACHINE, settings: () => ({ workers: count, gpus: [], gpusPerJob: 0, gracePeriod: 1 }) },
    );
    await offered();
    const taker = new Taker(workers, 10);
    taker.onFree();
    count = 4;
    workers.offer();
    await offered();
    assert.equal(taker.slots.length, 4);
    count = 2;
    await taker.endOne();
    assert.equal(taker.slots.length, 3);
    assert.equal(workers.free(taker), 0);
  });

  it('go to the sweep with fewest jobs, so that a second sweep gets its share', async () => {
    const workers = await workersWith({ workers: 4 });
    const [first, second] = [new Taker(workers, 100), new Taker(workers, 100)];
    first.onFree();
    second.onFree();
    assert.deepEqual([first.slots.length, second.slots.length], [4, 0]);
    await first.endOne();
    assert.deepEqual([first.slots.length, second.slots.length], [3, 1]);
    await first.endOne();
    for (let round = 0; round < 20; round++) {
      await (round % 2 === 0 ? first : second).endOne();
      assert.deepEqual([first.slots.length, second.slots.length], [2, 2]);
    }
  });

  it('are not kept for a sweep that has no more work', async () => {
    const workers = await workersWith({ workers: 2 });
    const [first, second] = [new Taker(workers, 100), new Taker(workers, 1)];
    first.onFree();
    second.onFree();
    second.wanted = 0;
    await first.endOne();
    assert.deepEqual([first.slots.length, second.slots.length], [2, 0]);
  });

  it('serve jobs that wait before they are offered as free', async () => {
    const workers = await workersWith({ workers: 1 });
    const taker = new Taker(workers, 1);
    taker.onFree();
    const waited: number[] = [];
    workers.acquire(taker, () => waited.push(1));
    const giveUp = workers.acquire(taker, () => waited.push(2));
    giveUp();
    taker.wanted = 0;
    await taker.endOne();
    assert.deepEqual(waited, [1]);
    assert.equal(workers.free(taker), 0);
  });
});

describe('GPUs', () => {
  it('are given out one set per slot, and never twice', async () => {
    const workers = await workersWith({ workers: 4, gpus: ['0', '1', '2', '5', '7'], gpusPerJob: 2 });
    const taker = new Taker(workers, 10);
    taker.onFree();
    assert.deepEqual(
      taker.slots.map(({ gpus }) => gpus),
      [
        ['0', '1'],
        ['2', '5'],
      ],
    );
    await taker.endOne();
    assert.deepEqual(
      taker.slots.map(({ gpus }) => gpus),
      [
        ['2', '5'],
        ['0', '1'],
      ],
    );
  });

  it('that a job of an earlier engine holds are not given out', async () => {
    const workers = await workersWith({ workers: 4, gpus: ['0', '1'], gpusPerJob: 1 });
    const taker = new Taker(workers, 10);
    workers.occupy(taker, { number: 0, gpus: ['0'] });
    taker.onFree();
    assert.deepEqual(taker.slots, [{ number: 1, gpus: ['1'] }]);
  });

  it('are asked for once, and jobs wait for the answer', async () => {
    let answer: (gpus: readonly string[]) => void = () => undefined;
    let asked = 0;
    const detect = (): Promise<readonly string[]> => {
      asked++;
      return new Promise((resolve) => (answer = resolve));
    };
    const workers = await workersWith({ workers: 4, gpus: 'auto', gpusPerJob: 1 }, detect);
    const taker = new Taker(workers, 10);
    taker.onFree();
    assert.equal(taker.slots.length, 0);
    answer(['0', '1']);
    await offered();
    assert.deepEqual(
      taker.slots.map(({ gpus }) => gpus),
      [['0'], ['1']],
    );
    assert.equal(asked, 1);
  });

  it('limit nothing where there are none, or none are asked for', async () => {
    const none = await workersWith({ workers: 3, gpus: 'auto', gpusPerJob: 1 }, () => Promise.resolve([]));
    const taker = new Taker(none, 10);
    taker.onFree();
    await offered();
    assert.deepEqual(
      taker.slots.map(({ gpus }) => gpus),
      [[], [], []],
    );
    const unasked = await workersWith({ workers: 3, gpus: ['0'], gpusPerJob: 0 });
    assert.equal(unasked.free(new Taker(unasked, 10)), 3);
  });

  it('all go to one job at a time that asks for more than there are', async () => {
    const workers = await workersWith({ workers: 3, gpus: ['0', '1'], gpusPerJob: 4 });
    const taker = new Taker(workers, 10);
    taker.onFree();
    assert.deepEqual(
      taker.slots.map(({ gpus }) => gpus),
      [['0', '1']],
    );
  });
});
