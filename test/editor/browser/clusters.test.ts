import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../clusters/emulators/start.ts';
import { emulatorEnvironment } from '../bundle-host.ts';
import { Workbench } from './workbench.ts';

const sweep = `program: train.sh
command: [/bin/sh, '\${program}', '\${args}']
method: grid
metric: {name: loss, goal: minimize}
parameters:
  lr: {values: [0.1, 0.03, 0.01]}
  batch: {values: [16, 32]}
launch:
  queue: night
`;
/** Stays until a file is there. */
const program = 'while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.2; done\necho "trained with $*"\n';

describe('a person with a cluster', () => {
  let emulator: RunningEmulator;
  let workbench: Workbench;
  const inWorkspace = (...names: readonly string[]): string =>
    path.join(workbench.vscode.workspace, 'cluster', ...names);

  before(async () => {
    emulator = await startEmulator('lsf', { slots: 2 });
    workbench = await Workbench.start({
      name: 'clusters',
      trusted: true,
      env: emulatorEnvironment(emulator),
    });
    mkdirSync(inWorkspace());
    writeFileSync(inWorkspace('sweep.yaml'), sweep);
    writeFileSync(inWorkspace('train.sh'), program);
  });
  after(async () => {
    await workbench.close();
    await emulator.stop();
  });
  beforeEach(() => workbench.page.keyboard.press('Escape'));
  afterEach((test) => workbench.keepIfFailed(test));

  /** A menu that has just opened takes no clicks yet, but keys. */
  const chooseInMenu = async (text: string): Promise<void> => {
    await workbench.page.locator('.context-view .action-label', { hasText: text }).hover();
    await workbench.page.keyboard.press('Enter');
  };

  it('adds a queue of the batch system that was found', async () => {
    const { page } = workbench;
    await workbench.command('Sweeps: Add queue');
    await workbench.choose('LSF', 'answers on this machine');
    await workbench.screenshot('clusters-1-partition');
    await workbench.choose('short');
    const input = page.locator('.quick-input-widget .input').last();
    await input.fill('night');
    await page.keyboard.press('Enter');
    await page.locator('.view-line', { hasText: 'night' }).waitFor();
    await workbench.screenshot('clusters-2-settings');
  });

  it('launches a sweep there and sees what waits, why, and under which ids', async () => {
    await workbench.open('cluster/sweep.yaml');
    await workbench.command('Sweeps: Launch sweep');
    await workbench.showSweeps();
    await workbench.row(/#0 batch=16 lr=0\.1/).waitFor();
    await workbench.row(/Running2 · 4 waiting/).waitFor();
    await workbench.row(/#5.*pending · \d+\[6\]/).waitFor();
    await workbench.screenshot('clusters-3-tree');
    await workbench.row(/#5/).hover();
    await workbench.page.locator('.monaco-hover', { hasText: 'Native id' }).waitFor();
    await workbench.screenshot('clusters-4-tooltip');
    await workbench.row(/#0 /).hover();
    await workbench.page.locator('.monaco-hover', { hasText: 'cluster-1/0' }).waitFor();
  });

  it('holds a job', async () => {
    const { page } = workbench;
    await workbench.row(/#5/).click({ button: 'right' });
    await page.locator('.context-view .action-label', { hasText: 'Hold job' }).waitFor();
    await workbench.screenshot('clusters-5-menu');
    await chooseInMenu('Hold job');
    await workbench.row(/#5.*held · /).waitFor();
    await workbench.screenshot('clusters-6-held');
  });

  it('reads what the system says of the job', async () => {
    const { page } = workbench;
    await workbench.row(/#5/).click({ button: 'right' });
    await chooseInMenu('Open native job details');
    await page.locator('.view-line', { hasText: '$ bjobs' }).waitFor();
    await workbench.screenshot('clusters-7-details');
  });

  it('looks at the queue', async () => {
    const { page } = workbench;
    await page.locator('.pane-header', { hasText: 'Queue' }).click();
    await workbench.row(/LSF.*2 running, 4 waiting/).waitFor();
    await workbench.row(/\d+\[1\] .*cluster-1\/0/).waitFor();
    await workbench.screenshot('clusters-8-queue');
  });

  it('reads since when the system has not answered', async () => {
    await emulator.controls.stopController();
    const { page } = workbench;
    await page.locator('.pane-header', { hasText: 'Queue' }).hover();
    await page.locator('.pane-header', { hasText: 'Queue' }).locator('.action-label.codicon-refresh').click();
    await workbench.row(/LSF.*does not answer/).waitFor();
    await workbench.screenshot('clusters-9-silent');
    await emulator.controls.startController();
    await page.locator('.pane-header', { hasText: 'Queue' }).locator('.action-label.codicon-refresh').click();
    await workbench.row(/LSF.*2 running, 4 waiting/).waitFor();
  });

  it('sees the jobs end', async () => {
    await workbench.row(/#5/).first().click({ button: 'right' });
    await chooseInMenu('Release job');
    writeFileSync(inWorkspace('go'), '');
    await workbench.row(/Finished6/).waitFor({ timeout: 60_000 });
    await workbench.screenshot('clusters-10-finished');
    assert.equal(await workbench.row(/Failed[1-9]/).count(), 0);
  });
});
