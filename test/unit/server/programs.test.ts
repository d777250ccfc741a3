import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ProgramsOnDisk } from '../../../server/src/programs.ts';
import { analyse } from '../../../server/src/sweep-file/analysis.ts';
import { completion } from '../../../server/src/sweep-file/completion.ts';
import { optionNames, optionText } from '../../../server/src/sweep-file/program.ts';
import { FilesOnDisk, surroundingsOf } from '../../../server/src/surroundings.ts';
import { Editor } from './lsp-client.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-programs-'));
after(() => {
  rmSync(root, { recursive: true });
});
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'case-'));
});

const write = (name: string, text: string) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const parser = (option: string) =>
  `import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--${option}", type=float, default=0.1, help="how *fast*")\nparser.parse_args()\n`;
const sweep = 'program: train.py\nmethod: random\nparameters:\n  lrr:\n    values: [1, 2]\n';

describe('programs on the disk', () => {
  it('are read again when they have changed', () => {
    let now = 0;
    const programs = new ProgramsOnDisk(() => now);
    const file = write('train.py', parser('lr'));
    const names = () => programs.optionsOf(file)?.options.map(({ name }) => name);
    assert.deepEqual(names(), ['lr']);
    writeFileSync(file, parser('rate'));
    utimesSync(file, 1, 1);
    assert.deepEqual(names(), ['lr'], 'not looked at again at once');
    now = 2000;
    assert.deepEqual(names(), ['rate']);
    writeFileSync(file, parser('speed'));
    programs.forget();
    assert.deepEqual(names(), ['speed']);
    rmSync(file);
    programs.forget();
    assert.equal(names(), undefined);
  });

  it('are read again when a file that they are read with has changed, or is there now', () => {
    const programs = new ProgramsOnDisk();
    const file = write(
      'train.py',
      'import hydra\n@hydra.main(config_path="conf", config_name="config")\ndef main(cfg): pass\nmain()\n',
    );
    const names = () => {
      programs.forget();
      return programs.optionsOf(file)?.options.map(({ name }) => name);
    };
    assert.deepEqual(names(), []);
    write('conf/config.yaml', 'lr: 1\n');
    assert.deepEqual(names(), ['lr']);
    write('conf/config.yaml', 'lr: 1\nepochs: 10\n');
    assert.deepEqual(names(), ['lr', 'epochs']);
  });

  it('are left alone when they are no Python, too large, or folders', () => {
    const programs = new ProgramsOnDisk();
    assert.equal(programs.optionsOf(write('train.sh', parser('lr'))), undefined);
    assert.equal(
      programs.optionsOf(write('large.py', `${parser('lr')}#${'x'.repeat(1_000_000)}`)),
      undefined,
    );
    mkdirSync(path.join(folder, 'folder.py'));
    assert.equal(programs.optionsOf(path.join(folder, 'folder.py')), undefined);
    assert.equal(programs.optionsOf(path.join(folder, 'nothing.py')), undefined);
  });

  it('are found as the sweep file names them, and only for documents on the disk', () => {
    write('src/train.py', parser('lr'));
    const uri = pathToFileURL(path.join(folder, 'configs', 'sweep.yaml')).href;
    const roots = [pathToFileURL(folder).href];
    const around = surroundingsOf(uri, roots, new FilesOnDisk(), { programs: new ProgramsOnDisk() });
    assert.deepEqual(
      around.programOptions?.('src/train.py')?.options.map(({ name }) => name),
      ['lr'],
    );
    assert.equal(around.programOptions('train.py'), undefined);
    assert.ok(!('programOptions' in surroundingsOf(uri, roots, new FilesOnDisk())));
    const untitled = surroundingsOf('untitled:a', roots, new FilesOnDisk(), {
      programs: new ProgramsOnDisk(),
    });
    assert.ok(!('programOptions' in untitled));
  });
});

describe('what a program adds to its sweep file', () => {
  const analysed = (text: string) => {
    write('train.py', parser('lr'));
    const uri = pathToFileURL(path.join(folder, 'sweep.yaml')).href;
    return analyse(text, surroundingsOf(uri, [], new FilesOnDisk(), { programs: new ProgramsOnDisk() }));
  };

  it('is the default and the help of an option, shown as they are', () => {
    const text = optionText(analysed(sweep.replace('lrr', 'lr')), ['lr']);
    assert.equal(text, '`--lr` · number · default `0.1`\n\nhow \\*fast\\*\n\n*train\\.py, line 3*');
    assert.equal(optionText(analysed(sweep), ['lrr']), undefined);
  });

  it('is the names of the parameters that are not there yet', () => {
    const names = (program: string | undefined, ...present: readonly string[]) =>
      optionNames(analysed(sweep).surroundings, program, new Set(present)).map(({ name, detail }) => [
        name,
        detail,
      ]);
    assert.deepEqual(names('train.py'), [['lr', 'number, default 0.1']]);
    assert.deepEqual(names('train.py', 'lr'), []);
    assert.deepEqual(names('other.py'), []);
    assert.deepEqual(names(undefined), []);
  });

  it('is offered where a parameter is begun, with values to begin with', () => {
    const offered = (text: string) => {
      const lines = text.split('\n');
      const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
      return completion(analysed(text), position).find(({ label }) => label === 'lr');
    };
    const head = 'program: train.py\nmethod: random\nparameters:\n';
    assert.equal(offered(`${head}  `)?.edit.newText, 'lr:\n    values: [${1:0.1}]');
    assert.equal(offered(`${head.trimEnd()} {`)?.edit.newText, 'lr: {values: [${1:0.1}]}');
    assert.equal(offered(`${head}  lr: {value: 1}\n  `), undefined);
    assert.equal(offered(`${head}  group:\n    parameters:\n      `), undefined);
  });
});

describe('the language server, of programs', () => {
  let editor: Editor;
  afterEach(async () => {
    assert.equal(await editor.close(), 0);
  });
  const codes = async (version: number) =>
    (await editor.diagnostics(uri(), version)).diagnostics.map(({ code }) => code);
  const uri = () => pathToFileURL(path.join(folder, 'sweep.yaml')).href;

  it('marks a parameter that the program does not know, until the program does', async () => {
    const file = write('train.py', parser('lr'));
    editor = await Editor.start({ roots: [pathToFileURL(folder).href] });
    await editor.open(uri(), sweep);
    assert.deepEqual(await codes(1), ['unknown-option']);
    writeFileSync(file, parser('lrr'));
    const next = editor.nextDiagnostics(uri());
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(file).href, type: 2 }],
    });
    assert.deepEqual((await next).diagnostics, []);
  });

  it('explains the option that a parameter reaches', async () => {
    write('train.py', parser('lrr'));
    editor = await Editor.start({ roots: [pathToFileURL(folder).href] });
    await editor.open(uri(), sweep);
    const hover = await editor.hover(uri(), { line: 3, character: 3 });
    assert.match(JSON.stringify(hover?.contents), /`--lrr` · number · default `0\.1`/);
  });

  it('reads no program when the settings say so', async () => {
    write('train.py', parser('lr'));
    editor = await Editor.start({
      roots: [pathToFileURL(folder).href],
      settings: { program: { read: false } },
    });
    await editor.open(uri(), sweep);
    assert.deepEqual(await codes(1), []);
  });
});
