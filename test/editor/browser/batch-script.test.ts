import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Workbench } from './workbench.ts';

const script = `#!/bin/bash
#SBATCH --job-name=resnet
#SBATCH --time=36:00:00
#SBATCH --mem=16GB
#SBATCH --cpus-per-tsk=4
#SBATCH --array=0-9%2
#SBATCH --output=resnet-%A_%a.out

module load cuda
srun python train.py --fold "$SLURM_ARRAY_TASK_ID"
`;

describe('a person with a batch script', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.start({ name: 'batch', trusted: true });
    writeFileSync(path.join(workbench.vscode.workspace, 'resnet.sbatch'), script);
  });
  after(() => workbench.close());
  beforeEach(() => workbench.page.keyboard.press('Escape'));
  afterEach((test) => workbench.keepIfFailed(test));

  const word = (text: string) =>
    workbench.page.locator('.view-line').locator('span', { hasText: text }).last();

  it('sees a misspelt option underlined, and what was meant', async () => {
    const { page } = workbench;
    await workbench.open('resnet.sbatch');
    await page.locator('.squiggly-error').first().waitFor();
    await word('--cpus-per-tsk').hover();
    await page.locator('.monaco-hover', { hasText: '--cpus-per-task' }).waitFor();
    await workbench.screenshot('batch-1-mistake');
  });

  it('mends it by the quick fix', async () => {
    const { page } = workbench;
    await word('--cpus-per-tsk').click();
    await workbench.actions('Control+.', '--cpus-per-task');
    await workbench.screenshot('batch-2-fixes');
    await page.keyboard.press('Enter');
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  });

  it('reads what an option means and what its value comes to', async () => {
    await word('36:00:00').hover();
    await workbench.page.locator('.monaco-hover', { hasText: '1 d 12 h' }).waitFor();
    await workbench.screenshot('batch-3-hover');
  });

  it('translates the script for another system', async () => {
    const { page } = workbench;
    await word('36:00:00').click();
    await (await workbench.actions('Control+Shift+r', 'Grid Engine')).click();
    await page.locator('.view-line', { hasText: '#$' }).first().waitFor();
    await workbench.screenshot('batch-4-translated');
  });
});
