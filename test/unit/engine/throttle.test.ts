import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { Throttle } from '#engine/throttle.ts';

describe('a throttle', () => {
  it('runs at once, and once more for all requests within the interval', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let runs = 0;
    const throttle = new Throttle(100, () => runs++);
    for (let i = 0; i < 50; i++) throttle.request();
    assert.equal(runs, 1);
    mock.timers.tick(100);
    assert.equal(runs, 2);
    mock.timers.tick(100);
    assert.equal(runs, 2);
    throttle.request();
    assert.equal(runs, 3);
    throttle.request();
    throttle.dispose();
    mock.timers.tick(1000);
    assert.equal(runs, 3);
    mock.timers.reset();
  });
});
