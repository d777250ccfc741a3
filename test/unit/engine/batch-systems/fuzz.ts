/** What holds for every reader of a batch system's listing, whatever text it is given. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Answer, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';

type Read = (answer: Answer) => Listing;

const jobsIn = (listing: Listing): readonly NativeJob[] => (listing.kind === 'listed' ? listing.jobs : []);

/**
 * Cuts, damages and shuffles an answer, and invents others. The reader never throws, never ends a job that the whole
 * answer shows as alive or does not know, and never makes done out of failed or the other way round.
 */
export function fuzz(read: Read, answer: Answer): void {
  const { stdout } = answer;
  const whole = new Map(jobsIn(read(answer)).map((job) => [job.id, job]));
  const check = (text: string): void => {
    for (const { id, end } of jobsIn(read({ ...answer, stdout: text }))) {
      if (end?.outcome !== 'done' && end?.outcome !== 'failed') continue;
      const known = whole.get(id)?.end?.outcome;
      assert.ok(known !== undefined, `${id} did not end, but is ${end.outcome} in:\n${text}`);
      const swapped = end.outcome === 'done' ? known === 'failed' : known === 'done';
      assert.ok(!swapped, `${id} is ${known}, but ${end.outcome} in:\n${text}`);
    }
  };
  const place = fc.nat(stdout.length);
  fc.assert(
    fc.property(place, (to) => {
      check(stdout.slice(0, to));
    }),
  );
  // a character that stands for nothing, in a few places
  fc.assert(
    fc.property(
      fc.array(place, { maxLength: 6 }),
      fc.constantFrom('\u00bf', '\u0000', '\ufffd'),
      (places, odd) => {
        const letters = Array.from(stdout);
        for (const at of places) if (at < letters.length && letters[at] !== '\n') letters[at] = odd;
        check(letters.join(''));
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.string({ maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      place,
      (one, two, at) => {
        assert.ok(jobsIn(read({ ...answer, stdout: one })).every(({ end }) => end === undefined));
        assert.ok(jobsIn(read({ ...answer, stdout: two })).every(({ end }) => end === undefined));
        read({ ...answer, stdout: stdout.slice(0, at) + one + stdout.slice(at) });
      },
    ),
  );
  fc.assert(
    fc.property(fc.shuffledSubarray(stdout.split('\n'), { minLength: 1 }), (lines) => {
      read({ ...answer, stdout: lines.join('\n') });
    }),
  );
}

/** A program that did not end by itself, or failed for another reason than its jobs, says nothing about any job. */
export function failsWithoutAnswer(read: Read, stdout: string): void {
  for (const trouble of ['not-found', 'timed-out', 'killed'] as const)
    assert.equal(read({ code: undefined, stdout, stderr: '', trouble }).kind, 'failed', trouble);
  for (const code of [1, 2, 111, 127]) assert.equal(read({ code, stdout, stderr: 'No.\n' }).kind, 'failed');
}
