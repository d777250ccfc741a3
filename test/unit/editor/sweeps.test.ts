import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  announcement,
  remember,
  resumedText,
} from '../../../client/src/editor/presentation/announcements.ts';
import { controlMenu } from '../../../client/src/editor/presentation/control-menu.ts';
import { recentSpan, statusText } from '../../../client/src/editor/presentation/status.ts';
import {
  sweepDescription,
  sweepIcon,
  sweepSpoken,
  sweepTooltip,
  sweepWords,
} from '../../../client/src/editor/presentation/sweep.ts';
import { sampleJob, sampleView } from './sample-view.ts';

const done = (count: number) =>
  Array.from({ length: count }, (_, index) => sampleJob({ index, state: 'done' }));
const best = { job: 3, value: 0.0312345 };
const at = (view: ReturnType<typeof sampleView>) => ({ key: view.directory, view });

const running = sampleView({ jobs: done(12), best });
const paused = sampleView({ id: 'slow-2', phase: 'paused', phaseReason: 'requested' });
const braked = sampleView({
  id: 'bad-3',
  phase: 'paused',
  phaseReason: 'brake-failing',
  jobs: [sampleJob({ state: 'failed' })],
});
const finished = sampleView({
  jobs: done(24),
  best,
  phase: 'finished',
  phaseReason: 'all-jobs-ended',
  endedAt: 60_000,
});

describe('the status bar', () => {
  it('shows progress and the best metric', () => {
    assert.equal(statusText([at(running)], 0)?.text, '$(sync~spin) quadratic-7 12/24 · loss 0.03123');
  });

  it('says how many jobs wait in a batch system, and turns only while one runs', () => {
    const jobs = [sampleJob({ state: 'submitted' }), sampleJob({ index: 1, state: 'submitted' })];
    const waiting = sampleView({ queue: 'gpu', jobs });
    assert.equal(statusText([at(waiting)], 0)?.text, '$(clock) quadratic-7 0/24 · 2 waiting');
    assert.match(statusText([at(waiting)], 0)?.tooltip ?? '', /0 running, 2 waiting in the queue/);
    assert.match(sweepSpoken(waiting), /2 waiting/);
    assert.equal(sweepIcon(waiting).name, 'clock');
    const first = sampleView({ queue: 'gpu', jobs: [sampleJob({ state: 'running' }), ...jobs.slice(1)] });
    assert.equal(statusText([at(first)], 0)?.text, '$(sync~spin) quadratic-7 0/24 · 1 waiting');
    assert.equal(sweepIcon(first).name, 'sync~spin');
    assert.doesNotMatch(statusText([at(sampleView({ jobs }))], 0)?.text ?? '', /waiting/);
  });

  it('is hidden without sweeps', () => assert.equal(statusText([], 0), undefined));

  it('puts the sweep that needs a person first and counts the others', () => {
    const status = statusText([at(running), at(paused), at(braked)], 0);
    assert.equal(status?.text, '$(warning) bad-3 1/24 +2');
    assert.equal(status.primary, 2);
    assert.equal(status.alarming, true);
  });

  it('warns of trouble', () => {
    const status = statusText([at(sampleView({}, { trouble: 'The disk is full.' }))], 0);
    assert.equal(status?.text, '$(warning) quadratic-7 0/24');
    assert.match(status.tooltip, /The disk is full\\?\./);
  });

  it('shows a sweep that ended for five minutes, and says when to look again', () => {
    const status = statusText([at(finished)], 61_000);
    assert.equal(status?.text, '$(check) quadratic-7 24/24 · loss 0.03123');
    assert.equal(status.until, 60_000 + recentSpan);
    assert.equal(statusText([at(finished)], 60_000 + recentSpan), undefined);
  });

  it('shows all active sweeps in its tooltip, with commands for each', () => {
    const tooltip = statusText([at(running), at(paused)], 0)?.tooltip ?? '';
    assert.match(tooltip, /quadratic\\-7/);
    assert.match(tooltip, /slow\\-2/);
    assert.match(tooltip, /command:sweepdeck\.pause\?/);
    assert.match(tooltip, /command:sweepdeck\.resume\?/);
  });

  it('counts a sweep without end against infinity', () => {
    assert.equal(statusText([at(sampleView({ total: undefined }))], 0)?.text, '$(sync~spin) quadratic-7 0/∞');
  });

  it('never reads an icon out of a name', () => {
    assert.doesNotMatch(statusText([at(sampleView({ id: '$(bug)' }))], 0)?.text ?? '', /\$\(bug\)/);
  });
});

describe('a sweep in the tree', () => {
  it('describes progress, best metric and what is out of the ordinary', () => {
    assert.equal(sweepDescription(running, undefined), '12/24 · loss 0.03123');
    assert.equal(sweepDescription(braked, 'lab'), '1/24 · paused by failures · lab');
    assert.equal(
      sweepDescription(sampleView({}, { owner: { kind: 'nobody' } }), undefined),
      '0/24 · running, nobody runs it',
    );
  });

  it('offers what its phase allows', () => {
    assert.equal(sweepWords(running), 'sweep running pausable stoppable cancellable rated');
    assert.equal(sweepWords(braked), 'sweep paused resumable stoppable cancellable retryable');
    assert.equal(sweepWords(finished), 'sweep finished deletable rated');
  });

  it('is spoken in full', () => {
    assert.equal(
      sweepSpoken(running),
      'Sweep quadratic-7, running, 12 of 24 jobs ended, best loss 0.03123 in job 3',
    );
  });

  it('explains a brake in its tooltip', () => {
    assert.match(sweepTooltip(braked, 0), /Paused: the first five jobs all failed/);
  });
});

describe('the control menu', () => {
  const commandsOf = (view: ReturnType<typeof sampleView>): readonly string[] =>
    controlMenu(view).map((entry) => entry.command.replace('sweepdeck.', ''));

  it('offers what makes sense', () => {
    assert.deepEqual(commandsOf(running), [
      'pause',
      'stop',
      'cancel',
      'showBest',
      'openSweepFile',
      'openSweepFolder',
    ]);
    assert.deepEqual(commandsOf(braked), [
      'resume',
      'stop',
      'cancel',
      'retryFailed',
      'showFailed',
      'openSweepFile',
      'openSweepFolder',
    ]);
    assert.deepEqual(commandsOf(finished), ['showBest', 'openSweepFile', 'openSweepFolder', 'delete']);
  });
});

describe('notifications', () => {
  const since = (before: ReturnType<typeof sampleView>, after: ReturnType<typeof sampleView>) =>
    announcement(remember(before), after);

  it('say the end of a sweep once', () => {
    const said = since(running, finished);
    assert.deepEqual(said, {
      severity: 'information',
      text: 'quadratic-7 is finished: 24 jobs done in 1 min 00 s. Best: loss 0.03123 (#3).',
      actions: ['showBest'],
    });
    assert.equal(since(finished, finished), undefined);
  });

  it('offer the failed jobs of a sweep that ended with some', () => {
    const ended = sampleView({ phase: 'finished', jobs: [sampleJob({ state: 'failed' })], endedAt: 1000 });
    const said = since(running, ended);
    assert.equal(said?.severity, 'warning');
    assert.deepEqual(said.actions, ['showFailed']);
  });

  it('say why a brake holds a sweep, and offer to go on', () => {
    const said = since(running, braked);
    assert.equal(said?.text, 'bad-3: Paused: the first five jobs all failed.');
    assert.deepEqual(said.actions, ['resume', 'showFailed']);
    assert.equal(since(braked, braked), undefined);
  });

  it('say what a batch system refused, and lead to the line', () => {
    const refused = sampleView({
      phase: 'paused',
      phaseReason: 'submit-rejected',
      phaseDetail: 'invalid partition. The line is: #SBATCH -p gpux',
    });
    const said = since(running, refused);
    assert.match(said?.text ?? '', /invalid partition/);
    assert.deepEqual(said?.actions, ['showRefusal', 'resume']);
    assert.match(sweepWords(refused), /\brefused\b/);
    assert.doesNotMatch(sweepWords(braked), /\brefused\b/);
  });

  it("say in the system's words what somebody asked for and did not get, each time", () => {
    const [held, cancelled] = [
      'Jobs could not be held. qhold: Unauthorized Request',
      'Jobs could not be cancelled; it is tried again. qdel: cannot connect',
    ];
    const after = (...notices: readonly string[]) =>
      sampleView({ notices: notices.map((detail, index) => ({ at: index, detail })) });
    assert.deepEqual(since(running, after(held)), {
      severity: 'warning',
      text: `quadratic-7: ${held}`,
      actions: ['showOutput'],
    });
    assert.equal(since(after(held), after(held)), undefined);
    assert.equal(since(after(held), after(held, held))?.text, `quadratic-7: ${held}`);
    assert.equal(since(after(held), after(held, cancelled))?.text, `quadratic-7: ${cancelled}`);
    assert.equal(since(after(cancelled), after(cancelled, cancelled)), undefined);
    assert.equal(since(running, after('metrics.jsonl has a line that is none.')), undefined);
  });

  it('say each trouble once', () => {
    const full = sampleView({}, { trouble: 'The disk is full.' });
    assert.equal(since(running, full)?.text, 'quadratic-7: The disk is full.');
    assert.equal(since(full, full), undefined);
    assert.equal(since(full, running), undefined);
  });

  it('keep quiet about what the person did and about sweeps seen for the first time', () => {
    assert.equal(since(running, paused), undefined);
    assert.equal(since(running, sampleView({ phase: 'cancelled', endedAt: 1 })), undefined);
    assert.equal(announcement(undefined, finished), undefined);
  });

  it('count what is left of a sweep that was taken over', () => {
    const view = sampleView({ jobs: [sampleJob(), sampleJob({ index: 1, state: 'running' })] });
    assert.equal(resumedText(view), 'Resumed quadratic-7: 2 jobs left.');
  });
});
