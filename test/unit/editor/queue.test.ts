import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  newQueueEntry,
  queueChoices,
  queueNameTrouble,
  queueText,
  suggestedQueueName,
} from '../../../client/src/editor/presentation/queue-choices.ts';
import {
  isDue,
  queueDescription,
  queueRowDescription,
  queueRowIcon,
  queueRowLabel,
  queueRowTooltip,
} from '../../../client/src/editor/presentation/queue-rows.ts';
import {
  lineInScript,
  nextStep,
  refusalOf,
  refusedDirective,
  unusableQueue,
} from '../../../client/src/editor/presentation/refusal.ts';
import type { NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { partitionLists } from '#engine/queues/cluster/partitions.ts';
import type { KnownQueue } from '#engine/queues/clusters.ts';
import { ownJob, ownJobsOf, sortedQueue } from '#engine/queues/own-jobs.ts';
import { queueProblems } from '#engine/queues/queues.ts';
import { readQueues } from '#engine/queues/queue-settings.ts';
import { sampleJob, sampleView } from './sample-view.ts';

const now = new Date(2026, 10, 21, 12, 0).getTime();
const row = (id: string, fields: Partial<NativeJob> = {}): NativeJob => ({
  id,
  base: id.replace(/_.*/, ''),
  stage: 'waiting',
  word: 'PENDING',
  user: 'bob',
  ...fields,
});

describe('the queue of a batch system', () => {
  const batch = {
    name: 'q-1',
    system: 'slurm',
    firstTask: 0,
    jobs: [[0, 1]] as const,
    accepted: { nativeId: '50' },
  };
  const { state } = sampleView({
    id: 'q-1',
    queue: 'gpu',
    jobs: [sampleJob({ state: 'running', native: { batch, place: 0 } })],
  });
  const own = ownJobsOf([{ key: '/w/q-1', state }]);

  it('knows our jobs by their native ids, and an array that is listed as one by its sweep', () => {
    assert.deepEqual(ownJob(row('50_0'), own), { sweep: '/w/q-1', name: 'q-1/0', job: 0 });
    assert.equal(ownJob(row('50_[1-9]'), own)?.name, 'q-1');
    assert.equal(ownJob(row('51'), own), undefined);
    assert.equal(ownJobsOf([{ key: 'k', state: { ...state, queue: 'local' } }]).size, 0);
  });

  it("has our jobs first, then the person's own, running before waiting, and nothing that is over", () => {
    const jobs = [
      row('9'),
      row('10', { stage: 'running' }),
      row('8', { user: 'ada' }),
      row('50_0', { user: 'ada' }),
      row('7', { user: 'ada', stage: 'running' }),
      row('6', { stage: 'ended' }),
      row('100', { position: 1 }),
    ];
    assert.deepEqual(
      sortedQueue(jobs, 'ada', own).map(({ id }) => id),
      ['50_0', '7', '8', '10', '100', '9'],
    );
  });

  it('shows of each job what the listing tells', () => {
    const running = row('7', {
      name: 'train',
      stage: 'running',
      word: 'RUNNING',
      partition: 'gpu',
      nodes: 'n3',
      startedAt: now - 720_000,
    });
    assert.equal(queueRowLabel(running, undefined), '7 train');
    assert.equal(queueRowLabel(running, { sweep: 'k', name: 'q-1/0', job: 0 }), '7 q-1/0');
    assert.equal(queueRowDescription(running, undefined, now), 'bob · RUNNING · gpu · n3 · 12 min 00 s');
    const waits = row('8', { detail: 'Priority', position: 4, expectedStartAt: now + 3_600_000 });
    assert.equal(
      queueRowDescription(waits, undefined, now),
      'bob · PENDING · Priority · place 4 · starts about 13:00',
    );
    assert.equal(
      queueRowDescription(waits, { sweep: 'k', name: 'q-1/0', job: 0 }, now),
      'PENDING · Priority · place 4 · starts about 13:00',
    );
    assert.match(queueRowTooltip(waits, undefined, now), /Expected start \| 13:00/);
    assert.equal(queueRowIcon({ ...waits, stuck: true }).name, 'warning');
    assert.equal(queueRowIcon({ ...waits, stuck: true, reason: 'held' }).name, 'debug-pause');
  });

  it('counts what runs and waits, or says that nothing is known', () => {
    const answer = { title: 'Slurm', user: 'ada', askedAt: now, duration: 10 };
    const jobs = [row('1'), row('2', { stage: 'running' }), row('3', { stage: 'ended' })];
    assert.equal(queueDescription(['gpu'], undefined, now), 'gpu');
    assert.equal(
      queueDescription(['gpu', 'cpu'], { ...answer, listing: { kind: 'listed', jobs } }, now),
      '1 running, 1 waiting · as of 12:00 · gpu, cpu',
    );
    const folded = [
      row('4_[3-9%2]'),
      row('5_[1,3-5]'),
      row('6_[0-9:5]'),
      row('7[]'),
      row('8[2]', { task: 2 }),
    ];
    assert.match(
      queueDescription(['gpu'], { ...answer, listing: { kind: 'listed', jobs: folded } }, now),
      /^0 running, 15 waiting/,
    );
    assert.equal(
      queueDescription(['gpu'], { ...answer, listing: { kind: 'failed', sentence: 'No.' } }, now),
      'does not answer · gpu',
    );
  });

  it('is asked again after half a minute, later where the answer takes long', () => {
    assert.equal(isDue({ askedAt: now, duration: 100 }, now + 29_999), false);
    assert.equal(isDue({ askedAt: now, duration: 100 }, now + 30_000), true);
    assert.equal(isDue({ askedAt: now, duration: 10_000 }, now + 30_000), false);
    assert.equal(isDue(undefined, now), true);
  });
});

describe('queues to choose from', () => {
  const slurm: KnownQueue = {
    name: 'gpu',
    system: 'slurm',
    title: 'Slurm',
    configured: true,
    version: '22.05.8',
    ssh: undefined,
  };

  it('are this machine, those of the settings that can be used, and what was found', () => {
    const found: KnownQueue = {
      ...slurm,
      name: 'sge',
      system: 'sge',
      title: 'Grid Engine',
      configured: false,
    };
    const far: KnownQueue = { ...slurm, name: 'far', ssh: 'login1', version: undefined };
    assert.deepEqual(
      queueChoices([slurm, far, { ...slurm, name: 'bad' }, found], ['bad']).map(({ name }) => name),
      ['local', 'gpu', 'far', 'sge'],
    );
    assert.equal(queueText(slurm), 'Slurm 22.05.8');
    assert.equal(queueText(far), 'Slurm on login1, does not answer now');
    assert.match(queueText(found), /with its own defaults$/);
  });

  it('get names that are free', () => {
    assert.equal(suggestedQueueName('slurm', 'gpu', []), 'gpu');
    assert.equal(suggestedQueueName('slurm', '', ['slurm', 'slurm-2']), 'slurm-3');
    assert.equal(suggestedQueueName('slurm', 'local', []), 'local-2');
    assert.match(queueNameTrouble('gpu', ['gpu']) ?? '', /already/);
    assert.match(queueNameTrouble('local', []) ?? '', /this machine/);
    assert.match(queueNameTrouble('a b', []) ?? '', /blanks/);
    assert.match(queueNameTrouble('', []) ?? '', /name/);
    assert.equal(queueNameTrouble('gpu.long-2', []), undefined);
  });

  it('are written as the engine reads them', () => {
    for (const [system, list] of Object.entries(partitionLists)) {
      const entry = newQueueEntry(system as 'slurm', [list.directive('gpu')]);
      const { queues } = readQueues({ gpu: entry });
      assert.deepEqual(queues, { gpu: { ...queues['gpu'], directives: [list.directive('gpu')] } }, system);
    }
  });
});

describe('partitions', () => {
  it('are read from what each system prints, each once', () => {
    assert.deepEqual(partitionLists.slurm?.read('gpu\ncpu\ngpu\n'), ['gpu', 'cpu']);
    assert.deepEqual(partitionLists.sge?.read('all.q\nlong.q\n'), ['all.q', 'long.q']);
    const table =
      'LSF is processing your request. Please wait ...\nQUEUE_NAME      PRIO STATUS\nnormal           30  Open:Active\nnight            15  Closed:Active\n';
    const { lsf } = partitionLists;
    assert.ok(lsf);
    assert.deepEqual(lsf.read(table), ['normal', 'night']);
    assert.deepEqual(lsf.read('No queues are there.\n'), []);
  });
});

describe('a refusal', () => {
  const refusal = 'sbatch: error: invalid partition specified: gpux. The line is: #SBATCH -p gpux';

  it('belongs to the line that it names, blanks left out', () => {
    const text = '#!/bin/sh\r\n  #SBATCH -p gpux \r\npython train.py\r\n';
    const refused = refusedDirective(refusal);
    assert.equal(refused?.message, 'sbatch: error: invalid partition specified: gpux.');
    assert.deepEqual(lineInScript(refused.directive, text), { line: 1, start: 2, end: 17 });
  });

  it('belongs nowhere when the line is not there any more, or none was named', () => {
    assert.equal(lineInScript('#SBATCH -p gpux', '#!/bin/sh\n#SBATCH -p gpu\n'), undefined);
    assert.equal(refusedDirective('Invalid account.'), undefined);
    assert.equal(refusedDirective('No. The line is: '), undefined);
  });

  it("may be the catalogue's, of a queue that is not asked at all", () => {
    const [sentence = ''] = queueProblems('gpu', {
      queues: readQueues({ gpu: { system: 'slurm', directives: ['--tim=5'] } }).queues,
    });
    assert.equal(unusableQueue(sentence), 'gpu');
    assert.equal(refusedDirective(sentence)?.directive, '#SBATCH --tim=5');
    assert.equal(unusableQueue(refusal), undefined);
  });

  it('says what to do: settings count at once, files only when they are launched again', () => {
    const id = 'q-1';
    assert.match(nextStep('settings', { id, source: 'sweep-file' }), /then resume q-1/);
    assert.match(nextStep('own-file', { id, source: 'sweep-file' }), /launch again/);
    assert.match(nextStep('settings', { id, source: 'batch-script' }), /submit again/);
  });

  it('counts while the sweep stands still because of it', () => {
    const refused = { phase: 'paused', phaseReason: 'submit-rejected', phaseDetail: refusal } as const;
    assert.equal(refusalOf(refused), refusal);
    assert.equal(refusalOf({ ...refused, phase: 'running' }), undefined);
    assert.equal(refusalOf({ ...refused, phaseReason: 'storage' }), undefined);
  });
});
