import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  countOf,
  groupLabel,
  groupNamed,
  jobsOf,
  placeOf,
  visibleGroups,
} from '../../../client/src/editor/presentation/groups.ts';
import {
  endSentence,
  jobDescription,
  jobLabel,
  jobSpoken,
  jobTooltip,
  jobWords,
  reasonSentence,
} from '../../../client/src/editor/presentation/job.ts';
import { sampleJob, sampleView } from './sample-view.ts';

const { state: sweep } = sampleView();
const failed = sampleJob({
  index: 12,
  state: 'failed',
  reason: 'exit-code',
  exitCode: 3,
  attempt: 2,
  parameters: { lr: 0.1, batch: 32 },
  startedAt: 1000,
  endedAt: 13_000,
});

describe('a job in the tree', () => {
  it('is labelled with its index and parameters', () =>
    assert.equal(jobLabel(failed), '#12 lr=0.1 batch=32'));

  it('describes metric, failure, time and attempt', () => {
    assert.equal(
      jobDescription(sweep, failed, { loss: 0.031, accuracy: 0.9 }, 99_000),
      'loss 0.031 · exit 3 · 12 s · attempt 2',
    );
  });

  it('ticks while it runs', () => {
    const running = sampleJob({ state: 'running', startedAt: 1000 });
    assert.equal(jobDescription(sweep, running, {}, 4000), '3.0 s');
    assert.equal(jobDescription(sweep, running, {}, 5000), '4.0 s');
  });

  it('shows the first metric of a sweep that names none', () => {
    const nameless = sampleView({ metric: undefined }).state;
    assert.equal(jobDescription(nameless, sampleJob({ state: 'done' }), { f1: 0.5 }, 0), 'f1 0.5');
  });

  it('does not claim a time for a job that waits for its second attempt', () => {
    assert.equal(jobDescription(sweep, sampleJob({ attempt: 2, startedAt: 5 }), {}, 9000), 'attempt 2');
  });

  it("explains itself in a sentence, the engine's own first", () => {
    assert.equal(reasonSentence(failed), 'The program ended with an error.');
    assert.equal(reasonSentence({ ...failed, detail: 'No such file: train.py.' }), 'No such file: train.py.');
    assert.equal(reasonSentence(sampleJob()), undefined);
  });

  it('ends its log with what became of it', () => {
    assert.equal(
      endSentence('quadratic-7/12', failed),
      'quadratic-7/12 failed with exit code 3 after 12 s. The program ended with an error.',
    );
    const done = sampleJob({ state: 'done', exitCode: 0, startedAt: 0, endedAt: 400 });
    assert.equal(endSentence('q-1/0', done), 'q-1/0 finished with exit code 0 after 0.4 s.');
  });

  it('offers what its state allows', () => {
    assert.equal(jobWords(sampleJob()), 'job queued cancellable');
    assert.equal(jobWords(sampleJob({ state: 'running' })), 'job running cancellable foldered logged');
    assert.equal(jobWords(failed), 'job failed retryable foldered logged');
    assert.equal(jobWords(sampleJob({ state: 'done' })), 'job done foldered logged');
    assert.equal(jobWords(sampleJob({ attempt: 2 })), 'job queued cancellable foldered logged');
  });

  it('is spoken in full', () => {
    assert.equal(
      jobSpoken(sweep, failed, { loss: 1 }, 0),
      'Job 12, failed, lr=0.1 batch=32, loss 1, exit 3, 12 s, attempt 2',
    );
  });

  it('has a tooltip that no parameter can break out of', () => {
    const text = jobTooltip(
      sweep,
      { ...failed, parameters: { 'a|b': '](command:x)\n# h' } },
      { loss: 'NaN' },
      'file:///x',
      0,
    );
    assert.match(text, /\| a\\\|b \| \\\]\\\(command:x\\\) \\# h \|/);
    assert.match(text, /\| loss \| NaN \|/);
    assert.match(text, /\| Exit code \| 3 \|/);
    assert.match(text, /\[Job folder\]\(file:\/\/\/x\)$/);
  });

  it('caps the tooltip of a thousand parameters', () => {
    const parameters = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`p${i}`, i]));
    assert.match(jobTooltip(sweep, sampleJob({ parameters }), {}, undefined, 0), /960 more/);
  });
});

describe('groups of jobs', () => {
  const jobs = [
    sampleJob({ index: 0, state: 'done', endedAt: 30 }),
    sampleJob({ index: 1, state: 'done', endedAt: 50 }),
    sampleJob({ index: 2, state: 'done', endedAt: 40 }),
    sampleJob({ index: 3, state: 'lost', endedAt: 10 }),
    sampleJob({ index: 4, state: 'submitted' }),
    sampleJob({ index: 5, state: 'queued' }),
    sampleJob({ index: 6, state: 'queued' }),
  ];
  const view = sampleView({ jobs });

  it('list ended jobs newest first and queued ones in their order', () => {
    assert.deepEqual(
      jobsOf(view, 'finished', 9).map((job) => job.index),
      [1, 2, 0],
    );
    assert.deepEqual(
      jobsOf(view, 'queued', 9).map((job) => job.index),
      [5, 6],
    );
    assert.deepEqual(
      jobsOf(view, 'finished', 2).map((job) => job.index),
      [1, 2],
    );
  });

  it('know the place of a job', () => {
    const [first] = jobs;
    assert.ok(first);
    assert.equal(placeOf(view, first), 2);
  });

  it('count lost jobs as failed and starting ones as running', () => {
    assert.equal(countOf(groupNamed('failed'), view.state.counts), 1);
    assert.equal(countOf(groupNamed('running'), view.state.counts), 1);
  });

  it('say that jobs which still wait at the end were not run', () => {
    assert.equal(groupLabel(groupNamed('queued'), 'running'), 'Queued');
    assert.equal(groupLabel(groupNamed('queued'), 'cancelled'), 'Not run');
  });

  it('show the four main ones while active and only those with jobs afterwards', () => {
    const names = (phase: 'running' | 'finished'): readonly string[] =>
      visibleGroups(phase, view.state.counts).map((group) => group.name);
    assert.deepEqual(names('running'), ['running', 'queued', 'finished', 'failed']);
    const { counts } = sampleView({
      jobs: [sampleJob({ state: 'done' }), sampleJob({ state: 'pruned' })],
    }).state;
    assert.deepEqual(
      visibleGroups('finished', counts).map((group) => group.name),
      ['finished', 'stopped'],
    );
  });
});
