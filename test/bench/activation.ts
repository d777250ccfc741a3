/** (d) `activate()` in the extension host of a real VS Code, each time in a fresh one. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installVscode } from '../../scripts/install-vscode.ts';
import { runInExtensionHost } from '../harness/extension-host.ts';
import { figure, median, type Row } from './measure.ts';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export async function measureActivation(rounds: number): Promise<readonly Row[]> {
  await installVscode((line) => process.stderr.write(`${line}\n`));
  const suite = path.join(project, 'test/out/host/activation.cjs');
  await build({
    absWorkingDir: project,
    entryPoints: ['test/bench/activation-host.ts'],
    outfile: suite,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-activate-'));
  const figures: { readonly activate: number; readonly total: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = path.join(folder, `${round}.json`);
    const { failed } = await runInExtensionHost({
      name: 'bench-activation',
      extension: project,
      suite,
      workspace: { copyOf: path.join(project, 'examples') },
      trusted: true,
      env: { SWEEPDECK_BENCH_RESULT: result },
      limit: 120,
    });
    if (failed > 0) throw new Error('The extension host did not get to the end.');
    figures.push(JSON.parse(readFileSync(result, 'utf8')) as { activate: number; total: number });
  }
  rmSync(folder, { recursive: true, force: true });
  const kilobytes = (file: string): string => `${figure(statSync(path.join(project, file)).size / 1024)} KiB`;
  return [
    {
      activation: 'activate()',
      median: `${figure(median(figures.map(({ activate }) => activate)))} ms`,
      'at most': '50 ms',
    },
    {
      activation: 'loading the code and activate(), seen from outside',
      median: `${figure(median(figures.map(({ total }) => total)))} ms`,
      'at most': '',
    },
    { activation: 'dist/extension.cjs', median: kilobytes('dist/extension.cjs'), 'at most': '' },
  ];
}
