import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clock } from '../../../client/src/editor/presentation/clock.ts';
import { detailsText } from '../../../client/src/editor/presentation/details-text.ts';
import { groupCount, groupNamed, jobsOf } from '../../../client/src/editor/presentation/groups.ts';
import {
  jobDescription,
  jobIcon,
  jobTooltip,
  jobWords,
  reasonSentence,
  stateWord,
} from '../../../client/src/editor/presentation/job.ts';
import { advice, staleSentence } from '../../../client/src/editor/presentation/native.ts';
import { statusText } from '../../../client/src/editor/presentation/status.ts';
import { phaseText, sweepTooltip } from '../../../client/src/editor/presentation/sweep.ts';
import type { BatchRecord, NativeState } from '#engine/native-state.ts';
import type { NativeJob } from '#engine/queues/cluster/batch-system.ts';
import type { SystemFreshness } from '#engine/queues/clusters.ts';
import type { JobState } from '#engine/sweep-state.ts';
import { sampleJob, sampleView } from './sample-view.ts';

const noon = new Date(2026, 10, 21, 12, 4).getTime();
const minutes = 60_000;
const batch: BatchRecord = {
  name: 'q-7f3a1',
  system: 'slurm',
  firstTask: 0,
  jobs: [[12, 1]],
  accepted: { nativeId: '4711' },
};
const native: NativeState = { batch, place: 12, word: 'PENDING', stage: 'waiting' };
const { state: sweep } = sampleView({ queue: 'gpu' });
const waiting = (fields: Partial<JobState> = {}): JobState =>
  sampleJob({ index: 12, state: 'submitted', reason: 'pending', detail: 'Resources', native, ...fields });
const row = (fields: Partial<NativeJob> = {}): NativeJob => ({
  id: '4711_12',
  base: '4711',
  stage: 'waiting',
  word: 'PENDING',
  reason: 'pending',
  detail: 'Resources',
  ...fields,
});
const describeJob = (job: JobState, live?: NativeJob): string =>
  jobDescription(sweep, job, {}, noon, { row: live });

describe('a job in a batch system', () => {
  it("shows what it does, its native id and the system's reason", () => {
    assert.equal(describeJob(waiting()), 'pending · 4711_12 · Resources');
    assert.equal(stateWord(waiting()), 'pending');
  });

  it('is being submitted until the system has taken it', () => {
    const sent = waiting({ native: { batch: { ...batch, accepted: undefined }, place: 0 } });
    assert.equal(stateWord(sent), 'being submitted');
    assert.doesNotMatch(jobWords(sent), /native|hold/);
  });

  it('tells its place and a start that is to come, while the system lists it as waiting', () => {
    const live = row({ position: 3, expectedStartAt: noon + 121 * minutes });
    assert.equal(
      describeJob(waiting(), live),
      'pending · 4711_12 · Resources · place 3 · starts about 14:05',
    );
    assert.equal(describeJob(waiting(), row({ expectedStartAt: noon - 1 })), 'pending · 4711_12 · Resources');
    assert.equal(describeJob(waiting(), row({ ...live, stage: 'running' })), 'pending · 4711_12 · Resources');
  });

  it('shows what the system says now of a job of which only that it waits is on record', () => {
    const recorded = sampleJob({ index: 12, state: 'submitted', native: { batch, place: 12 } });
    assert.equal(describeJob(recorded), 'pending · 4711_12');
    const live = row({ reason: 'limit', detail: 'QOSMaxJobsPerUserLimit' });
    assert.equal(describeJob(recorded, live), 'waits: limit · 4711_12 · QOSMaxJobsPerUserLimit');
    const tooltip = jobTooltip(sweep, recorded, {}, undefined, noon, { row: live });
    assert.match(tooltip, /because of a limit.*QOSMaxJobsPerUserLimit/);
    assert.match(tooltip, /Native state \| PENDING/);
    const running = { ...recorded, state: 'running', startedAt: noon } as const;
    assert.equal(describeJob(running, live), '0.0 s · 4711_12');
  });

  it('leaves long sentences of the system to the tooltip', () => {
    const detail =
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions';
    assert.equal(describeJob(waiting({ detail })), 'pending · 4711_12');
    assert.equal(reasonSentence(waiting({ detail })), `The job waits its turn in the queue. ${detail}.`);
  });

  it('says what a running job does beside running, and nothing of the queue once it has ended', () => {
    const running = waiting({ state: 'running', reason: 'suspended', startedAt: noon - 12_000 });
    assert.equal(describeJob({ ...running, detail: '' }), '12 s · suspended · 4711_12');
    const done = sampleJob({ state: 'done', native, startedAt: 0, endedAt: 12_000 });
    assert.equal(describeJob(done), '12 s');
    assert.match(jobWords(done), /\bnative\b/);
  });

  it('counts attempts and requeues', () => {
    const again = waiting({ attempt: 3, requeues: 2 });
    assert.match(describeJob(again), /attempt 3$/);
    assert.match(jobTooltip(sweep, again, {}, undefined, noon), /\| Requeued \| 2 times \|/);
  });

  it("says why in a word on its line, and in the system's sentence in its tooltip", () => {
    const detail = 'Is next, and waits for resources to become free. (Resources)';
    assert.match(jobDescription(sweep, waiting({ detail }), {}, noon), /^pending · 4711_12 · Resources$/);
    assert.equal(reasonSentence(waiting({ detail })), `The job waits its turn in the queue. ${detail}`);
  });

  it('has a folder and no log before it has run, and is a pause, not an alarm, while somebody holds it', () => {
    assert.match(jobWords(waiting()), /\bfoldered\b/);
    assert.doesNotMatch(jobWords(waiting()), /\blogged\b/);
    assert.match(jobWords(waiting({ attempt: 2 })), /\blogged\b/);
    assert.match(jobWords(waiting({ state: 'running' })), /\blogged\b/);
    assert.equal(
      jobIcon(waiting({ reason: 'held', native: { ...native, stuck: true } })).name,
      'debug-pause',
    );
  });

  it('can be held while it waits, and released while it is held', () => {
    assert.match(jobWords(waiting()), /\bnative holdable\b/);
    assert.doesNotMatch(jobWords(waiting()), /\bheld\b/);
    assert.match(jobWords(waiting({ reason: 'held' })), /\bnative held\b/);
    assert.doesNotMatch(jobWords(waiting({ state: 'running' })), /\bhold|\bheld/);
  });

  it('is marked when somebody has to act, with what to do', () => {
    const stuck = waiting({ reason: 'dependency-never-satisfied', native: { ...native, stuck: true } });
    assert.match(describeJob(stuck), /^never starts · .* · needs somebody$/);
    assert.equal(jobIcon(stuck).name, 'warning');
    assert.match(jobTooltip(sweep, stuck, {}, undefined, noon), /warning\) .*cancels it/);
    assert.match(advice(waiting({ reason: 'pending', native: { ...native, stuck: true } })) ?? '', /details/);
    assert.equal(advice(waiting()), undefined);
    assert.equal(advice({ ...stuck, state: 'cancelled' }), undefined);
  });

  it('has its native facts in the tooltip', () => {
    const live = { row: row({ partition: 'gpu', position: 3 }), freshness: fresh({}) };
    const tooltip = jobTooltip(sweep, waiting(), {}, undefined, noon, live);
    for (const line of ['4711\\_12', 'q\\-7f3a1', 'PENDING', 'Partition | gpu', 'queue | 3', 'As of | 12:03'])
      assert.ok(tooltip.includes(line), `${line} in ${tooltip}`);
  });
});

function fresh(fields: Partial<SystemFreshness>): SystemFreshness {
  return { title: 'Slurm', asOf: noon - minutes, stale: undefined, ...fields };
}

describe('a batch system that does not answer', () => {
  const stale = fresh({ stale: { since: noon, sentence: 'Unable to contact slurm controller.' } });
  const sentence =
    'Slurm has not answered since 12:04: Unable to contact slurm controller. Jobs go on; they are shown as of 12:03.';

  it('is told of with its words and two times', () => {
    assert.equal(staleSentence(stale, noon + minutes), sentence);
    assert.equal(staleSentence(fresh({}), noon), undefined);
    assert.match(staleSentence({ ...stale, asOf: undefined }, noon) ?? '', /Jobs go on\.$/);
  });

  it('is told of in the tooltips of jobs, sweeps and the status bar', () => {
    const said = sentence.replaceAll('.', '.').slice(0, 30);
    const view = sampleView({ queue: 'gpu', jobs: [waiting()] });
    assert.ok(jobTooltip(sweep, waiting(), {}, undefined, noon, { freshness: stale }).includes(said));
    assert.ok(sweepTooltip(view, noon, { freshness: stale }).includes(said));
    assert.ok(statusText([{ key: 'k', view, freshness: stale }], noon)?.tooltip.includes(said));
    const ended = sampleJob({ state: 'done', native });
    assert.ok(!jobTooltip(sweep, ended, {}, undefined, noon, { freshness: stale }).includes(said));
  });
});

describe('a sweep in a batch system', () => {
  const jobs = [
    waiting({ index: 0, state: 'running', startedAt: 5 }),
    waiting({ index: 1 }),
    waiting({ index: 2 }),
  ];
  const view = sampleView({ queue: 'gpu', jobs });

  it('tells jobs that run from those that wait there, in the order in which they were handed in', () => {
    assert.equal(groupCount(groupNamed('running'), view.state), '1 · 2 waiting');
    assert.equal(groupCount(groupNamed('running'), sampleView({ jobs }).state), '3');
    assert.deepEqual(
      jobsOf(view, 'running', 9).map(({ index }) => index),
      [0, 1, 2],
    );
    assert.match(sweepTooltip(view, noon), /1 running, 2 waiting in the queue/);
  });

  it('says that the batch system refused it', () => {
    const refused = sampleView({ queue: 'gpu', phase: 'paused', phaseReason: 'submit-rejected' });
    assert.equal(phaseText(refused), 'paused: the batch system refused its jobs');
  });
});

describe('times of a batch system', () => {
  it('carry the day when it is another one', () => {
    assert.equal(clock(noon, noon + 60 * minutes), '12:04');
    assert.equal(clock(noon + 24 * 60 * minutes, noon), 'Nov 22, 12:04');
    assert.equal(clock(noon, noon + 13 * 60 * minutes), 'Nov 21, 12:04');
  });
});

describe('the page of native details', () => {
  it('begins with the command as it can be typed', () => {
    const text = detailsText({ command: 'scontrol show job 4711_12', text: 'JobId=4711\n' }, new Date(noon));
    assert.equal(text, '$ scontrol show job 4711_12\n# 2026-11-21 12:04:00\n\nJobId=4711\n');
    assert.match(detailsText({ command: 'x', text: '' }, new Date(noon)), /said nothing/);
  });
});
