import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readZip } from './zip.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** Everything that is shipped. A new file is added here on purpose. */
const shipped = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/bin/sweepdeck',
  'extension/bin/sweepdeck.cmd',
  'extension/changelog.md',
  'extension/dist/cli.cjs',
  'extension/dist/engine.cjs',
  'extension/dist/extension.cjs',
  'extension/dist/language-client.cjs',
  'extension/dist/server.cjs',
  'extension/dist/wrapper.cjs',
  'extension/docs/batch-scripts.md',
  'extension/docs/cli.md',
  'extension/docs/clusters.md',
  'extension/docs/multirun.md',
  'extension/docs/problems.md',
  'extension/docs/running.md',
  'extension/docs/sweep-files.md',
  'extension/media/icon.png',
  'extension/media/sweep-file-dark.svg',
  'extension/media/sweep-file-light.svg',
  'extension/media/sweepdeck.svg',
  'extension/media/walkthrough/1-file.md',
  'extension/media/walkthrough/2-preview.md',
  'extension/media/walkthrough/3-launch.md',
  'extension/media/walkthrough/4-watch.md',
  'extension/media/walkthrough/5-report.md',
  'extension/media/walkthrough/6-cluster.md',
  'extension/package.json',
  'extension/python/sweepdeck/__init__.py',
  'extension/python/sweepdeck/py.typed',
  'extension/readme.md',
  'extension/schemas/sweep.schema.json',
  'extension/syntaxes/batch-directives.tmLanguage.json',
  'extension/syntaxes/sweep.language-configuration.json',
  'extension/syntaxes/sweep.tmLanguage.json',
];

/** Every text in a JSON value. */
function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* texts(inner);
}

describe('the .vsix', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-package-'));
  const file = path.join(folder, 'sweepdeck.vsix');
  let files: ReadonlyMap<string, () => Buffer>;
  before(() => {
    execFileSync(process.execPath, ['scripts/package.ts', file], { cwd: root, stdio: 'pipe' });
    files = readZip(file);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('holds exactly what is meant to be shipped', () => {
    assert.deepEqual([...files.keys()].sort(), [...shipped].sort());
  });

  it('is at most 1.5 MB', () => {
    assert.ok(statSync(file).size <= 1_500_000, `${statSync(file).size} bytes`);
  });

  it('holds every file that its package.json names', () => {
    const manifest: unknown = JSON.parse(String(files.get('extension/package.json')?.()));
    const named = [...texts(manifest)].filter((text) =>
      /^(\.\/)?(dist|media|syntaxes|docs)\/[^*]+$/.test(text),
    );
    assert.ok(named.length >= 10);
    for (const text of named) assert.ok(files.has(path.posix.join('extension', text)), text);
  });

  it('holds every page that its README links to', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    for (const [, link] of readme.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g))
      if (link?.startsWith('docs/')) assert.ok(files.has(path.posix.join('extension', link)), link);
  });

  it('has a command line that runs without node_modules', () => {
    const installed = path.join(folder, 'installed');
    for (const [name, content] of files) {
      if (!name.startsWith('extension/')) continue;
      const target = path.join(installed, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, content());
    }
    const cli = path.join(installed, 'extension', 'dist', 'cli.cjs');
    const output = execFileSync(
      process.execPath,
      [cli, 'preview', path.join(root, 'examples', 'quadratic', 'sweep.yaml'), '--json', '--limit', '1'],
      { encoding: 'utf8', cwd: folder, stdio: 'pipe' },
    );
    assert.equal((JSON.parse(output) as { count: number }).count, 24);
  });
});
