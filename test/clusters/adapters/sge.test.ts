import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sge } from '#engine/queues/cluster/systems/sge.ts';
import { startGridEngine, type RunningGridEngine } from '../systems/grid-engine.ts';
import { describeAdapter } from './conversation.ts';

const own = ['#$ -l h_rt=600'];

describeAdapter(
  sge,
  (): Promise<RunningGridEngine> => startGridEngine(),
  { own, refused: { directive: '#$ -l nosuch=1', about: /nosuch/ }, version: /^\d+\.\d+/ },
  (running) => {
    it('says when time was over', async () => {
      const { talk } = running();
      const job = await talk.accepted('sleep 600', ['#$ -l h_rt=2']);
      assert.equal((await talk.ended(job.first)).end?.reason, 'timeout');
    });

    it('shows that a job is in an error state, and never ends by itself', async () => {
      const { talk } = running();
      const prepared = talk.prepare('true', own);
      const text = prepared.text.replace(/^#\$ -wd .*$/m, '#$ -wd /nosuch');
      const answer = sge.readSubmit(
        await talk.ask({ program: 'qsub', args: ['-terse'], stdin: text, directory: prepared.directory }),
      );
      assert.ok(answer.kind === 'accepted');
      const native = { base: answer.id };
      const stuck = await talk.until(native, ({ reason }) => reason === 'error-state');
      assert.equal(stuck.stuck, true);
      assert.match((await talk.ask(sge.details(native))).stdout, /error reason/);
      for (const invocation of sge.cancel([native]))
        assert.equal(sge.readCancel(await talk.ask(invocation)).kind, 'done');
    });

    it('takes a job that asked to be run again for one that did not end', async () => {
      const { talk } = running();
      const job = await talk.accepted('exit 99', own);
      const again = await talk.until(job.first, ({ stage }) => stage === 'requeued', 'history');
      assert.equal(again.end, undefined);
      for (const invocation of sge.cancel(job.ids)) await talk.ask(invocation);
    });

    it('tells a job that waits for another from one that is held', async () => {
      const { talk } = running();
      const first = await talk.accepted('true', own, { held: true });
      const second = await talk.accepted('true', [...own, `#$ -hold_jid ${first.first.base}`]);
      const waits = await talk.until(second.first, ({ stage }) => stage === 'waiting');
      assert.equal(waits.reason, 'dependency');
      for (const invocation of sge.cancel([...first.ids, ...second.ids])) await talk.ask(invocation);
    });

    it('says nothing of any job while the master is away', async () => {
      const { talk, system } = running();
      await system.controls.stopController();
      const [call] = sge.list({ user: system.user.name, ids: [] });
      assert.ok(call);
      assert.equal(sge.readList(await talk.ask(call)).kind, 'failed');
      const { answer } = await talk.submit('true', own);
      assert.equal(answer.kind, 'busy', JSON.stringify(answer));
      await system.controls.startController();
      assert.equal(sge.readList(await talk.ask(call)).kind, 'listed');
    });
  },
);
