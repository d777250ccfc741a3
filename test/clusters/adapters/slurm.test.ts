import assert from 'node:assert/strict';
import { it } from 'node:test';
import { slurm } from '#engine/queues/cluster/systems/slurm.ts';
import { startSlurm, type RunningSlurm } from '../systems/slurm.ts';
import { describeAdapter, isSame } from './conversation.ts';

const own = ['#SBATCH -t 10'];

describeAdapter(
  slurm,
  (): Promise<RunningSlurm> => startSlurm(),
  {
    own,
    refused: { directive: '#SBATCH --partition=nosuch', about: /"partition"/ },
    version: /^\d+\.\d+/,
  },
  (running) => {
    it('passes over the trace of a submission that was refused for its resources', async () => {
      const { talk } = running();
      const { answer, name } = await talk.submit('true', [...own, '#SBATCH --mem=1000G']);
      assert.equal(answer.kind, 'refused');
      assert.deepEqual(await talk.find(name), []);
    });

    it('knows a job again that Slurm itself put back', async () => {
      const { talk, system } = running();
      const job = await talk.accepted('test "${SLURM_RESTART_COUNT-0}" = 1 || sleep 600', [
        ...own,
        '#SBATCH --requeue',
      ]);
      await talk.until(job.first, ({ stage }) => stage === 'running');
      await system.controls.requeue(job.first.base);
      await talk.until(job.first, ({ stage }) => stage === 'waiting' || stage === 'requeued');
      await system.controls.runNow(job.first.base);
      assert.equal((await talk.ended(job.first)).end?.outcome, 'done');
    });

    it('says when the output could not be opened, and when time was over', async () => {
      const { talk, system } = running();
      const launched = talk.prepare('true', own);
      const [, ...rest] = launched.text.split('\n');
      // the person's own lines come later and win, unless they are left out
      const script = ['#!/bin/sh', ...rest.map((line) => line.replace(/--output=.*/, '--output=/nosuch/x'))];
      const answer = slurm.readSubmit(
        await talk.ask({ program: 'sbatch', args: ['--parsable'], stdin: script.join('\n') }),
      );
      assert.ok(answer.kind === 'accepted');
      const { end } = await talk.ended({ base: answer.id });
      assert.deepEqual(end, { outcome: 'failed', reason: 'launch-failure' });
      const slow = await talk.accepted('sleep 600', own);
      await talk.until(slow.first, ({ stage }) => stage === 'running');
      await system.controls.setEndTime(slow.first.base, 1);
      const over = await talk.until(slow.first, ({ stage }) => stage === 'ended');
      assert.equal(over.end?.reason, 'timeout');
    });

    it('tells tasks that were cancelled before they began from one record', async () => {
      const { talk } = running();
      const array = await talk.accepted('true', own, { tasks: { count: 1000 }, held: true });
      // by its base: tasks that are cancelled by index before they began leave no record at all
      for (const invocation of slurm.cancel([{ base: array.first.base }])) await talk.ask(invocation);
      assert.equal((await talk.ended(array.ids[999] ?? array.first)).end?.outcome, 'cancelled');
    });

    it('says nothing of any job while the controller is away', async () => {
      const { talk, system } = running();
      const job = await talk.accepted('sleep 600', own);
      await system.controls.stopController();
      const [call] = slurm.list({ user: system.user.name, ids: [job.first] });
      assert.ok(call);
      assert.equal(slurm.readList(await talk.ask(call)).kind, 'failed');
      const { answer } = await talk.submit('true', own);
      assert.equal(answer.kind, 'busy', JSON.stringify(answer));
      await system.controls.startController();
      await talk.until(job.first, ({ stage }) => stage === 'running');
      assert.ok((await talk.list([job.first])).some((one) => isSame(one, job.first)));
    });

    it('says nothing of any job while the accounts are away', async () => {
      const { talk, system } = running();
      await system.controls.stopAccounting();
      const [call] = slurm.history([{ base: '1' }]);
      assert.ok(call);
      assert.equal(slurm.readHistory(await talk.ask(call)).kind, 'failed');
      await system.controls.startAccounting();
    });
  },
);
