/** package.json says in JSON what the code says in TypeScript; here both are held against each other. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { defaults, engineSettings } from '../../../client/src/editor/engine-settings.ts';
import { controlMenu } from '../../../client/src/editor/presentation/control-menu.ts';
import { isSweepFileName, sweepFilesGlob } from '../../../client/src/editor/presentation/sweep-file.ts';
import { jobWords } from '../../../client/src/editor/presentation/job.ts';
import { sweepWords } from '../../../client/src/editor/presentation/sweep.ts';
import { sampleJob, sampleView } from './sample-view.ts';

interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly languages: readonly {
      readonly filenamePatterns?: readonly string[];
      readonly configuration?: string;
    }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly commands: readonly { readonly command: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          { readonly default: unknown; readonly markdownDescription: string; readonly scope: string }
        >
      >;
    };
    readonly viewsWelcome: readonly { readonly contents: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly markdown: string } }[];
    }[];
  };
}

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const commands = new Set(contributes.commands.map(({ command }) => command));

describe('package.json', () => {
  it('has the defaults of the code', () => {
    for (const [key, value] of Object.entries(defaults)) {
      assert.deepEqual(contributes.configuration.properties[`sweepdeck.${key}`]?.default, value, key);
    }
  });

  it('describes every setting', () => {
    for (const [key, { markdownDescription, scope }] of Object.entries(
      contributes.configuration.properties,
    )) {
      assert.match(markdownDescription, /\.$/, key);
      assert.ok(scope.length > 0, key);
    }
  });

  it('puts only commands that it declares into menus and welcome texts', () => {
    for (const entries of Object.values(contributes.menus)) {
      for (const { command } of entries) assert.ok(commands.has(command), command);
    }
    for (const { contents } of contributes.viewsWelcome) {
      for (const [, command = ''] of contents.matchAll(/command:(sweepdeck\.\w+)/g)) {
        assert.ok(commands.has(command), command);
      }
    }
    for (const { command } of controlMenu(sampleView())) assert.ok(commands.has(command), command);
  });

  it('names files that are there', () => {
    const files = [
      manifest.icon,
      ...contributes.languages.flatMap(({ configuration = [] }) => configuration),
      ...contributes.grammars.map((grammar) => grammar.path),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ];
    for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
  });

  it('knows the same sweep files as the code', () => {
    const patterns = contributes.languages.flatMap(({ filenamePatterns = [] }) => filenamePatterns);
    for (const pattern of patterns) assert.ok(isSweepFileName(pattern.replace('*', 'x')), pattern);
    const globs = /\{(.*)\}/.exec(sweepFilesGlob)?.[1]?.split(',');
    assert.deepEqual(globs?.toSorted(), patterns.toSorted());
  });

  it('matches the words of sweeps and jobs in its menus', () => {
    const shown = (word: string): readonly string[] =>
      (contributes.menus['view/item/context'] ?? [])
        .filter(({ when = '' }) =>
          [...when.matchAll(/viewItem =~ \/(.*?)\/(?: |$)/g)].every(([, pattern = '']) =>
            new RegExp(pattern).test(word),
          ),
        )
        .map(({ command }) => command.replace('sweepdeck.', ''));
    const running = shown(sweepWords(sampleView()));
    assert.ok(running.includes('pause') && running.includes('stop') && running.includes('cancel'));
    assert.ok(!running.includes('resume') && !running.includes('delete') && !running.includes('showLog'));
    const failed = shown(jobWords(sampleJob({ state: 'failed' })));
    assert.ok(failed.includes('retryJob') && failed.includes('showLog') && failed.includes('copyParameters'));
    assert.ok(!failed.includes('cancelJob') && !failed.includes('pause'));
  });
});

describe('settings', () => {
  const found = { interpreter: 'python', pythonPath: '/p' };
  const from = (values: Readonly<Record<string, unknown>>) => engineSettings((key) => values[key], found);

  it('are the defaults where nothing is set', () => {
    assert.deepEqual(from({}), {
      workers: 2,
      gpus: 'auto',
      gpusPerJob: 1,
      gracePeriod: 30,
      interpreter: 'python',
      brakes: { enabled: true, consecutive: 0 },
      pythonPath: '/p',
      queues: {},
      brokenQueues: {},
    });
  });

  it('survive nonsense in settings.json', () => {
    const settings = from({ workers: 'many', gpus: [{}], gracePeriod: NaN, 'brakes.enabled': 3 });
    assert.deepEqual(settings, from({}));
    assert.equal(from({ workers: -3 }).workers, 1);
    assert.deepEqual(from({ gpus: [0, '1'] }).gpus, ['0', '1']);
  });
});
