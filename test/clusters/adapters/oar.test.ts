import assert from 'node:assert/strict';
import { it } from 'node:test';
import { oar } from '#engine/queues/cluster/systems/oar.ts';
import { startOar, type RunningOar } from '../systems/oar.ts';
import { describeAdapter } from './conversation.ts';

const own = ['#OAR -l core=1,walltime=0:10:0'];

describeAdapter(
  oar,
  (): Promise<RunningOar> => startOar(),
  { own, refused: { directive: '#OAR --nosuch x', about: /#OAR --nosuch x/ }, version: /^\d+\.\d+/ },
  (running) => {
    it('says when time was over, and when the output could not be opened', async () => {
      const { talk } = running();
      const slow = await talk.accepted('sleep 600', ['#OAR -l core=1,walltime=0:0:2']);
      const prepared = talk.accepted('true', [...own, '#OAR -O /nosuch/x']);
      assert.deepEqual((await talk.ended((await prepared).first)).end, {
        outcome: 'failed',
        reason: 'launch-failure',
      });
      assert.equal((await talk.ended(slow.first)).end?.reason, 'timeout');
    });

    it('tells preemption, and under which id OAR submitted the job again', async () => {
      const { talk } = running();
      const whole = 'walltime=0:5:0';
      const cheap = await talk.accepted('sleep 600', [
        `#OAR -l /nodes=2,${whole}`,
        '#OAR -t besteffort',
        '#OAR -t idempotent',
      ]);
      await talk.until(cheap.first, ({ stage, reason }) => stage === 'running' && reason !== 'starting');
      const dear = await talk.accepted('true', [`#OAR -l /nodes=2,${whole}`]);
      const { end } = await talk.ended(cheap.first);
      assert.deepEqual(end, { outcome: 'failed', reason: 'preempted' });
      const again = await talk.until(
        cheap.first,
        ({ resubmittedAs }) => resubmittedAs !== undefined,
        'history',
      );
      assert.equal((await talk.ended(dear.first)).end?.outcome, 'done');
      const next = { base: again.resubmittedAs ?? assert.fail() };
      const found = (await talk.find(cheap.name)).map(({ id }) => id);
      assert.ok(found.includes(next.base));
      for (const invocation of oar.cancel([next])) await talk.ask(invocation);
    });

    it('names the property that nobody knows', async () => {
      const { talk } = running();
      const { answer } = await talk.submit('true', ['#OAR -p nosuch = 3', ...own]);
      assert.equal(answer.kind, 'refused');
      assert.match(JSON.stringify(answer), /"about":\{"text":"nosuch"\}/);
    });

    it('says nothing of any job while the database is away', async () => {
      const { talk, system } = running();
      await system.controls.stopController();
      await system.controls.stopDatabase();
      const [call] = oar.list({ user: system.user.name, ids: [] });
      assert.ok(call);
      assert.equal(oar.readList(await talk.ask(call)).kind, 'failed');
      await system.controls.startDatabase();
      await system.controls.startController();
      assert.equal(oar.readList(await talk.ask(call)).kind, 'listed');
    });
  },
);
