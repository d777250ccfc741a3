/** Events as sweeps write them, by example and at random. */
import fc from 'fast-check';
import { Float } from '#core/value.ts';
import type { EventBody } from '#engine/events.ts';

export const submitted = (job: number): EventBody => ({
  type: 'submitted',
  job,
  attempt: 1,
  parameters: { lr: 0.001 * (job + 1), decay: new Float(1), name: 'größe ☃ 🚀', layers: [1, 2] },
});

export const started = (job: number): EventBody => ({
  type: 'started',
  job,
  attempt: 1,
  startedAt: 1_700_000_000_000 + job,
  pid: 4711,
  host: 'knöten',
});

export const ended = (job: number): EventBody => ({
  type: 'ended',
  job,
  attempt: 1,
  state: 'done',
  endedAt: 1_700_000_001_000 + job,
  exitCode: 0,
  metrics: { loss: 0.25, epoch: 3, worst: 'NaN' },
});

/** `count` events: submitted, started, ended, submitted, ... */
export function someEvents(count: number): EventBody[] {
  const kinds = [submitted, started, ended] as const;
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % 3] ?? submitted;
    return kind(Math.floor(index / 3));
  });
}

const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((each) => each.isWellFormed());
const job = fc.nat(1000);

export const anyEvent: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({ type: fc.constant('noticed' as const), detail: text }),
  fc.record({
    type: fc.constant('submitted' as const),
    job,
    attempt: fc.integer({ min: 1, max: 5 }),
    parameters: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      fc.oneof(
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constant(new Float(2)),
        fc.array(text),
      ),
      { maxKeys: 4, noNullPrototype: true },
    ),
  }),
  fc.record({
    type: fc.constant('ended' as const),
    job,
    attempt: fc.constant(1),
    state: fc.constantFrom('done' as const, 'failed' as const),
    detail: text,
    endedAt: fc.nat(),
    metrics: fc.dictionary(
      fc.stringMatching(/^[a-z{"\\]{1,6}$/),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      { noNullPrototype: true },
    ),
  }),
  fc.record({
    type: fc.constant('requested' as const),
    id: text,
    request: fc.constantFrom({ type: 'pause' as const }, { type: 'retry' as const, jobs: [1, 2] }),
    by: fc.constant({ program: 'cli' as const, host: 'here', pid: 7 }),
  }),
);
