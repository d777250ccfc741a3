import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Workbench } from './workbench.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

interface Shown {
  readonly state: string;
  readonly jobs: readonly { readonly state: string; readonly attempt: number }[];
}

/** Twelve jobs of about five seconds: long enough to look at while they run. */
const slowProgram = `import time
for epoch in range(16):
    print(f"epoch {epoch}", flush=True)
    time.sleep(0.3)
`;
const slowSweep =
  'program: slow.py\nmethod: grid\nparameters:\n  a: {values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}\n';

describe('a person with a sweep file', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.start({ name: 'browser', trusted: true });
    const folder = path.join(workbench.vscode.workspace, 'slow');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'slow.py'), slowProgram);
    writeFileSync(path.join(folder, 'sweep.yaml'), slowSweep);
  });
  after(() => workbench.close());
  beforeEach(() => workbench.page.keyboard.press('Escape'));
  afterEach((test) => workbench.keepIfFailed(test));

  const show = (id: string): Shown =>
    JSON.parse(
      execFileSync(process.execPath, [path.join(root, 'dist', 'cli.cjs'), 'show', id, '--json'], {
        cwd: workbench.vscode.workspace,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    ) as Shown;

  it('sees in an empty view what to do first', async () => {
    await workbench.showSweeps();
    await workbench.page.locator('.welcome-view-content', { hasText: 'No sweep was launched' }).waitFor();
    await workbench.screenshot('1-welcome');
  });

  it('sees the number of jobs above the text, and the jobs in a preview', async () => {
    await workbench.open('quadratic/sweep.yaml');
    await workbench.page.locator('.codelens-decoration', { hasText: 'Launch sweep · 24 jobs' }).waitFor();
    await workbench.screenshot('2-sweep-file');
    await workbench.command('Sweeps: Preview sweep');
    await workbench.page.locator('.tab.active', { hasText: 'Preview of sweep.yaml' }).waitFor();
    await workbench.page.locator('.view-line', { hasText: '--x=-2 --y=-1.0' }).first().waitFor();
    await workbench.screenshot('3-preview');
  });

  it('launches from the palette and sees the progress, the end and the best job', async () => {
    await workbench.open('quadratic/sweep.yaml');
    await workbench.command('Sweeps: Launch sweep');
    await workbench.status.filter({ hasText: 'quadratic-1' }).waitFor();
    await workbench.status.filter({ hasText: '24/24' }).waitFor();
    assert.match(await workbench.status.innerText(), /loss/);
    await workbench.notification(/quadratic-1 is finished: 24 jobs done/).waitFor();
    await workbench.row('quadratic-1').waitFor();
    await workbench.screenshot('4-finished');
  });

  it('finds the jobs in the tree', async () => {
    await workbench.showSweeps();
    await workbench.row('Finished').waitFor();
    await workbench.row('Finished').click();
    await workbench
      .row(/x=-?\d.*y=.*loss/)
      .first()
      .waitFor();
    const rows = await workbench.rows();
    assert.match(rows[0] ?? '', /^quadratic-1 /);
    assert.ok(rows.includes('Finished 24'), rows.join('\n'));
    await workbench.screenshot('5-tree');
  });

  it('reads the log of a running job in a terminal', async () => {
    await workbench.open('slow/sweep.yaml');
    await workbench.command('Sweeps: Launch sweep');
    await workbench.row('slow-1').waitFor();
    const { page } = workbench;
    const running = page.locator('.label-description', { hasText: /^\d\.\d s/ });
    const job = workbench.row('a=').filter({ has: running }).first();
    const log = page.locator('.xterm-rows > div', { hasText: /epoch\s*3/ });
    // A click in the moment in which VS Code refreshes the line loses the line: then the command asks which job.
    for (let tries = 1; !(await log.isVisible()) && tries <= 3; tries++) {
      await page.keyboard.press('Escape');
      await job.hover();
      await job.locator('.action-label[aria-label^="Show log"]').click();
      await log
        .or(page.locator('.quick-input-title', { hasText: 'Show log' }))
        .first()
        .waitFor();
    }
    await log.waitFor();
    await workbench.screenshot('6-running-with-log');
  });

  it('finds a running sweep again after the window was reloaded: nothing lost, nothing twice', async () => {
    assert.equal(show('slow-1').state, 'running');
    await workbench.page.reload({ waitUntil: 'commit' });
    await workbench.shown();
    await workbench.showSweeps();
    await workbench.row('slow-1').waitFor();
    await workbench.row('quadratic-1').waitFor();
    await workbench.screenshot('7-after-reload');
    await workbench.status.filter({ hasText: /slow-1.*12\/12/ }).waitFor({ timeout: 60_000 });
    const { state, jobs } = show('slow-1');
    assert.equal(state, 'finished');
    assert.equal(jobs.length, 12);
    assert.ok(
      jobs.every((job) => job.state === 'done' && job.attempt === 1),
      JSON.stringify(jobs),
    );
  });

  it('sees a mistake underlined, and reads what is wrong', async () => {
    const { page } = workbench;
    await workbench.open('shell/sweep.yaml');
    await page.locator('.view-line', { hasText: 'method: grid' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type('s');
    await page.locator('.squiggly-error').first().waitFor();
    await page
      .locator('.view-line', { hasText: 'method: grids' })
      .locator('span', { hasText: 'grids' })
      .last()
      .hover();
    await page.locator('.monaco-hover', { hasText: "Did you mean 'grid'?" }).waitFor();
    await workbench.screenshot('8-mistake');
    await page.keyboard.press('Backspace');
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  });

  it('deletes a sweep after being asked', async () => {
    await workbench.showSweeps();
    await workbench.command('Sweeps: Delete sweep');
    await workbench.choose('quadratic-1');
    await workbench.page.locator('.monaco-dialog-box', { hasText: 'quadratic-1' }).waitFor();
    await workbench.screenshot('9-delete');
    await workbench.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Delete' }).click();
    await workbench.row('quadratic-1').waitFor({ state: 'detached' });
    await workbench.row('slow-1').waitFor();
  });
});
