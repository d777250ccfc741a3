import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Workbench } from './workbench.ts';

describe('a person in a workspace that is not trusted', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.start({ name: 'trust', trusted: false });
  });
  after(() => workbench.close());
  afterEach((test) => workbench.keepIfFailed(test));

  it('reads why nothing runs, and has language features all the same', async () => {
    await workbench.showSweeps();
    await workbench.page.locator('.welcome-view-content', { hasText: 'not trusted' }).waitFor();
    await workbench.open('quadratic/sweep.yaml');
    await workbench.page
      .locator('.codelens-decoration', { hasText: 'waiting for workspace trust' })
      .waitFor();
    await workbench.screenshot('trust-1-restricted');
    assert.equal(existsSync(path.join(workbench.vscode.workspace, '.sweeps')), false);
  });

  it('launches as soon as the workspace is trusted', async () => {
    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page
      .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ })
      .first()
      .click();
    await workbench.open('quadratic/sweep.yaml');
    await workbench.page.locator('.codelens-decoration', { hasText: 'Launch sweep · 24 jobs' }).waitFor();
    await workbench.command('Sweeps: Launch sweep');
    await workbench.status.filter({ hasText: /quadratic-1.*24\/24/ }).waitFor();
    await workbench.screenshot('trust-2-granted');
  });
});
