/**
 * Makes dist/: the validators of the schemas, then one CommonJS bundle per program.
 *
 *     node scripts/build.ts [--watch] [--metafile]
 *
 * Each bundle has a size budget; `--metafile` also writes dist/meta.json and prints what takes the room.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyzeMetafile, build, context, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

const root = path.dirname(import.meta.dirname);

interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** Largest allowed size in KiB. A bundle that outgrows it pulled something in by accident, or deserves a new figure here. */
  readonly budget: number;
  readonly executable?: true;
}

const bundles: readonly Bundle[] = [
  { name: 'extension', entry: 'client/src/editor/extension.ts', budget: 260 },
  { name: 'engine', entry: 'client/src/engine/index.ts', budget: 1150 },
  { name: 'language-client', entry: 'client/src/editor/language-client.ts', budget: 500 },
  { name: 'server', entry: 'server/src/main.ts', budget: 1050 },
  { name: 'cli', entry: 'client/src/cli/main.ts', budget: 1200, executable: true },
  { name: 'wrapper', entry: 'client/src/engine/wrapper-windows.ts', budget: 40 },
];

/** What the extension loads lazily is a bundle of its own: it is most of the code and none of the start. */
const loadedLazily: readonly { readonly module: RegExp; readonly bundle: string }[] = [
  { module: /\/language-client\.ts$/, bundle: './language-client.cjs' },
  { module: /^#engine\/index\.ts$/, bundle: './engine.cjs' },
];

const lazyBundles: Plugin = {
  name: 'lazy-bundles',
  setup(esbuild) {
    for (const { module, bundle } of loadedLazily) {
      esbuild.onResolve({ filter: module }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: bundle, external: true },
      );
    }
  },
};

function optionsOf(bundle: Bundle): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    outfile: `dist/${bundle.name}.cjs`,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    // Names in stack traces are worth the 2 %.
    keepNames: true,
    legalComments: 'none',
    external: ['vscode'],
    // ESM packages prefer their `module` build; `import()` becomes `require`, which VS Code's loader knows how to answer.
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': '__dirname' },
    banner: {
      js:
        (bundle.executable ? '#!/usr/bin/env node\n' : '') +
        '"use strict";const importMetaUrl=require("node:url").pathToFileURL(__filename).href;',
    },
    plugins: [lazyBundles],
    logLevel: 'warning',
  };
}

function generateValidators(): void {
  execFileSync(process.execPath, ['scripts/generate-validators.ts'], { cwd: root, stdio: 'inherit' });
}

/** Writes by rename, so that a program that starts during a build finds the old bundle or the new one. */
function write(file: string, contents: Uint8Array | string, mode: number): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, contents, { mode });
  renameSync(temporary, file);
}

/** Builds one bundle; throws when it is larger than its budget. */
async function buildBundle(bundle: Bundle): Promise<Metafile> {
  const result = await build({ ...optionsOf(bundle), write: false, metafile: true });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${bundle.entry}.`);
  write(output.path, output.contents, bundle.executable ? 0o755 : 0o644);
  const size = output.contents.length / 1024;
  console.log(
    `  ${`dist/${bundle.name}.cjs`.padEnd(28)} ${size.toFixed(0).padStart(5)} KiB of ${bundle.budget}`,
  );
  if (size > bundle.budget)
    throw new Error(
      `dist/${bundle.name}.cjs is ${size.toFixed(0)} KiB, more than its budget of ${bundle.budget} KiB. ` +
        'Run "npm run build -- --metafile" to see what is in it.',
    );
  return result.metafile;
}

async function buildOnce(withMetafile: boolean): Promise<void> {
  const started = performance.now();
  const dist = path.join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  generateValidators();
  const settled = await Promise.allSettled(bundles.map(buildBundle));
  const metafiles = settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const wanted = new Set(bundles.map(({ name }) => `${name}.cjs`));
  for (const name of readdirSync(dist))
    if (name.endsWith('.cjs') && !wanted.has(name)) rmSync(path.join(dist, name));
  if (withMetafile) {
    const metafile: Metafile = {
      inputs: Object.assign({}, ...metafiles.map(({ inputs }) => inputs)) as Metafile['inputs'],
      outputs: Object.assign({}, ...metafiles.map(({ outputs }) => outputs)) as Metafile['outputs'],
    };
    write(path.join(dist, 'meta.json'), JSON.stringify(metafile), 0o644);
    console.log(await analyzeMetafile(metafile));
  }
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function watch(): Promise<void> {
  generateValidators();
  for (const bundle of bundles) await (await context({ ...optionsOf(bundle), logLevel: 'info' })).watch();
  console.log('watching; Ctrl-C ends it');
}

const flags = new Set(process.argv.slice(2));
if (flags.has('--watch')) await watch();
else await buildOnce(flags.has('--metafile'));
