/** What a person sees: on a pseudo terminal lines are redrawn, coloured, and questions are asked. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { shellSweep, Workspace } from './terminal.ts';

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

const ERASE = '\r\u001B[2K';

describe('on a terminal', { skip: process.platform === 'win32' }, () => {
  it('launch redraws one line, at most ten times a second, and leaves no trace of it', async () => {
    shellSweep(workspace, 30, 'report $n; [ "$n" != 30 ] || wait; [ "$n" != 9 ] || exit 1');
    workspace.write('wait', '');
    const startedAt = performance.now();
    const launched = workspace.startOnTerminal('launch', 'sweep.yaml', '--workers', '1');
    await launched.says(/ 29\/30 /);
    rmSync(path.join(workspace.folder, 'wait'));
    const { code, stdout } = await launched.ended;
    const seconds = (performance.now() - startedAt) / 1000;
    assert.equal(code, 3, stdout);
    const drawn = stdout.split(ERASE).filter((line) => line.includes('━') || line.includes('─'));
    assert.ok(drawn.length >= 2, stdout);
    // each failure and notice redraws the line below it as well
    assert.ok(drawn.length <= 10 * seconds + 5, `${drawn.length} times in ${seconds} s`);
    const plain = drawn.map((line) => line.replace(/\u001B\[\d+m/g, ''));
    const full = /^trial-1 {2}━{23}─ 29\/30 {2}1 running {2}1 failed {2}best loss 1 \(job 0\)/;
    assert.ok(
      plain.some((line) => full.test(line)),
      stdout,
    );
    const report = stdout.slice(stdout.lastIndexOf(ERASE) + ERASE.length);
    assert.match(report, /^trial-1 is finished: 30 of 30 jobs ended/);
    assert.match(report, /\u001B\[1mFailed jobs\u001B\[22m/);
  });

  it('rm asks first', async () => {
    shellSweep(workspace, 1, 'true');
    await workspace.run('launch', 'sweep.yaml', '--quiet');
    const refused = workspace.startOnTerminal('rm', 'last');
    await refused.says(/Delete trial-1 with the logs and results of 1 job\? \[y\/N\]/);
    refused.type('\n');
    assert.equal((await refused.ended).code, 5);
    assert.ok(workspace.has('.sweeps/trial-1'));

    const agreed = workspace.startOnTerminal('rm', 'last');
    await agreed.says(/\[y\/N\]/);
    agreed.type('y\n');
    assert.equal((await agreed.ended).code, 0);
    assert.ok(!workspace.has('.sweeps/trial-1'));
  });

  it('Ctrl-C typed at a job reaches sweepdeck only: the job ends by itself', async () => {
    shellSweep(workspace, 2, 'echo $n >> started; wait; report $n');
    workspace.write('wait', '');
    const launched = workspace.startOnTerminal('launch', 'sweep.yaml', '--workers', '1');
    await launched.says(/1 running/);
    launched.type('\u0003');
    await launched.says(/Stopping trial-1/);
    rmSync(path.join(workspace.folder, 'wait'));
    assert.equal((await launched.ended).code, 130);
    const { stdout } = await workspace.run('show', 'last');
    assert.match(stdout, /trial-1 is stopped \(on request\): 1 of 2 jobs ended \(1 done\)/);
  });
});
