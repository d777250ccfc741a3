/** Every reader of an adapter, and what all of them must keep to whatever they read. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Answer, BatchSystem, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';

/** The jobs of a listing that worked, by id. */
export function jobsOf(listing: Listing): ReadonlyMap<string, NativeJob> {
  if (listing.kind === 'failed') assert.fail(listing.sentence);
  return new Map(listing.jobs.map((job) => [job.id, job]));
}

const listings = (system: BatchSystem, answer: Answer): readonly Listing[] => [
  system.readList(answer),
  system.readHistory(answer),
  system.readFind(answer, 'arr'),
  system.readQueue(answer),
];

/** Reads the answer in every way; returns the jobs that came out. Throws only when a reader does. */
export function readAll(system: BatchSystem, answer: Answer): readonly NativeJob[] {
  system.readSubmit(answer);
  system.readCancel(answer);
  system.readHold(answer);
  system.readProbe(answer);
  return listings(system, answer).flatMap((listing) => (listing.kind === 'listed' ? listing.jobs : []));
}

/** Tells whether a text says somewhere that this job ended as `outcome`: asked independently of the reader. */
export type Evidence = (text: string, job: NativeJob) => boolean;

export interface Garbling {
  readonly answers: readonly Answer[];
  readonly evidence: Evidence;
  readonly runs: number;
}

type Edit =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'byte'; readonly at: number; readonly to: string }
  | { readonly kind: 'swap'; readonly at: number; readonly with: number }
  | { readonly kind: 'drop'; readonly at: number }
  | { readonly kind: 'join'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string };

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({ kind: fc.constant('byte' as const), at: place, to: fc.string({ minLength: 1, maxLength: 1 }) }),
  fc.record({ kind: fc.constant('swap' as const), at: place, with: place }),
  fc.record({ kind: fc.constant('drop' as const), at: place }),
  fc.record({ kind: fc.constant('join' as const), at: place }),
  fc.record({ kind: fc.constant('insert' as const), at: place, text: fc.string({ maxLength: 40 }) }),
);

/** Answers as recorded, then cut, with bytes changed, lines exchanged, dropped, joined and put in between. */
export const garbled = (answers: readonly Answer[]): fc.Arbitrary<Answer> =>
  fc
    .record({
      answer: fc.constantFrom(...answers),
      changes: fc.array(edits, { minLength: 1, maxLength: 6 }),
      code: fc.option(fc.constantFrom(0, 1, 2, 8, 255, undefined), { nil: 'same' as const, freq: 2 }),
    })
    .map(({ answer, changes, code }) => ({
      ...answer,
      stdout: changes.reduce(edited, answer.stdout),
      code: code === 'same' ? answer.code : code,
    }));

function edited(text: string, edit: Edit): string {
  const lines = text.split('\n');
  const at = Math.floor(edit.at * (edit.kind === 'cut' || edit.kind === 'byte' ? text.length : lines.length));
  switch (edit.kind) {
    case 'cut':
      return text.slice(0, at);
    case 'byte':
      return text.slice(0, at) + edit.to + text.slice(at + 1);
    case 'swap': {
      const other = Math.floor(edit.with * lines.length);
      const [one = '', two = ''] = [lines[at], lines[other]];
      return lines.with(at, two).with(other, one).join('\n');
    }
    case 'drop':
      return lines.toSpliced(at, 1).join('\n');
    case 'join':
      return lines.toSpliced(at, 2, `${lines[at] ?? ''}${lines[at + 1] ?? ''}`).join('\n');
    case 'insert':
      return lines.toSpliced(at, 0, edit.text).join('\n');
  }
}

/** No reader throws, and none says of a job that it ended unless the text says so of this very job. */
export function nothingIsMadeUp(system: BatchSystem, { answers, evidence, runs }: Garbling): void {
  fc.assert(
    fc.property(garbled(answers), (answer) => {
      for (const job of readAll(system, answer))
        if (job.stage === 'ended')
          assert.ok(
            evidence(answer.stdout, job),
            `${job.id} ended as ${job.end?.outcome ?? '?'} out of nothing`,
          );
    }),
    { numRuns: runs },
  );
}

/** Text of no kind: nothing in it is a job. */
export function nonsenseIsNoJob(system: BatchSystem): void {
  const text = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc
      .array(fc.constantFrom('FAILED', 'done', '|', '\n', '<', '{', '"1"', ':', 'Error', '1', ' '), {
        maxLength: 80,
      })
      .map((parts) => parts.join('')),
    fc.json(),
  );
  fc.assert(
    fc.property(text, text, fc.constantFrom(0, 1, 255, undefined), (stdout, stderr, code) => {
      assert.deepEqual(readAll(system, { code, stdout, stderr }), []);
      const submitted = system.readSubmit({ code, stdout, stderr });
      if (submitted.kind === 'accepted') assert.match(stdout, new RegExp(`\\b${submitted.id}\\b`));
    }),
  );
}

/** Megabytes of anything are read, or refused, in time. */
export function hugeAnswersAreRead(system: BatchSystem, unit: string): void {
  const stdout = unit.repeat(Math.ceil(3_000_000 / unit.length));
  readAll(system, { code: 0, stdout, stderr: '' });
  readAll(system, { code: 1, stdout: '', stderr: stdout });
}
