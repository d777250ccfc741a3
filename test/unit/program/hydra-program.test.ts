import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readHydraProgram, type ConfigRequest, type FolderFiles } from '#core/program/hydra-program.ts';

/** Files by path; folders are what the paths say. */
function filesOf(texts: Readonly<Record<string, string>>): FolderFiles {
  return {
    read: (path) => texts[path],
    list: (folder) => {
      const inside = Object.keys(texts)
        .filter((path) => folder === '' || path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder === '' ? 0 : folder.length + 1));
      const names = inside.map((path) => (path.includes('/') ? `${path.split('/')[0] ?? ''}/` : path));
      return names.length === 0 ? undefined : [...new Set(names)];
    },
  };
}

const files = filesOf({
  'conf/config.yaml': 'defaults:\n  - db: mysql\nlr: 1\n',
  'conf/other.yaml': 'only: 1\n',
  'conf/db/mysql.yaml': 'port: 1\n',
  'conf/db/postgres.yaml': 'host: x\n',
  'conf/db/old/sqlite.yaml': 'file: x\n',
});
const none: ConfigRequest = { choices: new Map() };
const hydra = (args: string) => `import hydra\n@hydra.main(${args})\ndef main(cfg): ...\n`;
const names = (text: string | undefined, request: ConfigRequest = none) =>
  readHydraProgram(text, files, request).config?.options.map(({ name }) => name);

describe('what a program says about overrides', () => {
  it('takes them when Hydra or MLXP starts it', () => {
    for (const [text, mlxp] of [
      [hydra('config_path="conf", config_name="config"'), false],
      ['from hydra import main\n@main(config_path="conf")\ndef f(c): ...\n', false],
      ['import mlxp\n@mlxp.launch(config_path="./conf")\ndef f(c): ...\n', true],
      ['from mlxp import launch as go\n@go(config_path="conf")\ndef f(c): ...\n', true],
    ] as const) {
      const program = readHydraProgram(text, files, none);
      assert.deepEqual([program.takesOverrides, program.mlxp], [true, mlxp], text);
      assert.ok(program.config, text);
    }
  });

  it('takes none when it certainly reads options in another way, and may otherwise', () => {
    const options = 'import argparse\np = argparse.ArgumentParser()\np.add_argument("--lr")\n';
    assert.equal(readHydraProgram(`${options}p.parse_args()\n`, files, none).takesOverrides, false);
    assert.equal(readHydraProgram(`${options}p.parse_known_args()\n`, files, none).takesOverrides, undefined);
    assert.equal(readHydraProgram('print(1)\n', files, none).takesOverrides, undefined);
    assert.equal(readHydraProgram(undefined, files, none).takesOverrides, undefined);
  });
});

describe('the configuration of a program', () => {
  const main = hydra('config_path="conf", config_name="config"');
  it('has its keys, and those of the chosen options', () => {
    assert.deepEqual(names(main), ['db', 'db.port', 'lr']);
    assert.deepEqual(names(main, { choices: new Map([['db', ['postgres']]]) }), ['db', 'db.host', 'lr']);
    assert.deepEqual(names(main, { choices: new Map([['db', ['mysql', 'postgres']]]) }), [
      'db',
      'db.port',
      'db.host',
      'lr',
    ]);
    assert.deepEqual(names(main, { ...none, name: 'other' }), ['only']);
  });

  it('lists the options of every group', () => {
    const { config } = readHydraProgram(main, files, none);
    assert.deepEqual(
      [...(config?.groups ?? [])],
      [
        ['db', ['mysql', 'postgres']],
        ['db/old', ['sqlite']],
      ],
    );
  });

  it('is certain only where the program itself names it', () => {
    const certain = (text: string | undefined) => {
      const config = readHydraProgram(text, files, none).config;
      return config && [config.closed, config.certain];
    };
    assert.deepEqual(certain(main), [true, true]);
    assert.deepEqual(certain(`${main}from hydra.core.config_store import ConfigStore\n`), [false, false]);
    assert.deepEqual(certain(hydra('config_path=folder, config_name="config"')), [false, false]);
    assert.deepEqual(certain(undefined), [false, false]);
    assert.equal(certain(hydra('config_path="elsewhere", config_name="config"')), undefined);
  });
});
