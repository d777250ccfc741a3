/** A batch script submitted to a batch system by the command line, as the account whose jobs run. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunningSystem } from './systems/system.ts';

const MAIN = path.resolve(import.meta.dirname, '../../client/src/cli/main.ts');

const PROGRAM = `
import json, os, sys
settings = dict(word.split("=", 1) for word in sys.argv[1:])
print(" ".join(sys.argv[1:]))
print("warned", file=sys.stderr)
with open(os.environ["SWEEPDECK_METRICS"], "a") as file:
    file.write(json.dumps({"loss": float(settings["lr"]) + int(settings["seed"])}) + "\\n")
sys.exit(3 if settings["model"] == "b" and settings["lr"] == "1.0" and settings["seed"] == "1" else 0)
`;

interface Submitted {
  readonly system: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly best: { readonly index: number; readonly value: number };
  readonly jobs: readonly {
    readonly logId: number;
    readonly directory: string;
    readonly overrides: readonly string[];
  }[];
}

export interface MultirunSystem {
  readonly system: string;
  readonly start: () => Promise<RunningSystem<unknown>>;
  /** Lines of the script. */
  readonly directives: string;
}

export function testMultirun({ system, start, directives }: MultirunSystem): void {
  describe(`a batch script on ${system}`, () => {
    let running: RunningSystem<unknown>;
    let folder: string;
    before(async () => {
      running = await start();
      folder = fs.mkdtempSync(path.join(running.directory, 'work-'));
      fs.chownSync(folder, running.user.uid, running.user.gid);
    });
    after(() => running.stop());

    const sweepdeck = (...words: readonly string[]) =>
      running.client([process.execPath, MAIN, ...words], { cwd: folder, seconds: 240 });

    it('runs 2 x 2 x 2 jobs with their parameters, logs and metrics', async () => {
      fs.writeFileSync(path.join(folder, 'train.py'), PROGRAM);
      fs.writeFileSync(
        path.join(folder, 'train.sh'),
        `#!/bin/bash\n${directives}\n# sweepdeck: metric loss\necho "above"\npython3 train.py model=a,b lr=1e-1,1. seed=range(2)\necho "below $?"\n`,
      );
      const { code, stdout, stderr } = await sweepdeck('submit', 'train.sh', '--json');
      assert.equal(code, 3, stderr + stdout);
      const submitted = JSON.parse(stdout) as Submitted;
      assert.equal(submitted.system, system);
      assert.deepEqual([submitted.counts['done'], submitted.counts['failed']], [7, 1], stderr);
      assert.equal(submitted.best.value, 0.1);
      assert.deepEqual(
        submitted.jobs.map(({ logId }) => logId),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
      for (const [index, { directory, overrides }] of submitted.jobs.entries()) {
        const read = (name: string): string => fs.readFileSync(path.join(directory, name), 'utf8');
        const failed = index === 7;
        assert.equal(read('log.stdout'), `above\n${overrides.join(' ')}\nbelow ${failed ? 3 : 0}\n`);
        assert.equal(read('log.stderr'), 'warned\n');
        assert.match(read('metadata/info.yaml'), failed ? /^status: FAILED$/m : /^status: COMPLETE$/m);
        assert.match(read('metadata/info.yaml'), /^ {2}scheduler_job_id: \S+$/m);
      }
      assert.deepEqual(
        submitted.jobs.map(({ overrides }) => overrides.join(' ')),
        ['a', 'b'].flatMap((model) =>
          ['0.1', '1.0'].flatMap((lr) => [0, 1].map((seed) => `model=${model} lr=${lr} seed=${seed}`)),
        ),
      );
    });

    it('runs its failed job again in the same directory', async () => {
      fs.writeFileSync(path.join(folder, 'train.py'), PROGRAM.replace('sys.exit(3', 'sys.exit(0'));
      const { code, stderr } = await sweepdeck('retry', 'last', '--failed');
      assert.equal(code, 0, stderr);
      assert.match(fs.readFileSync(path.join(folder, 'logs/8/log.stdout'), 'utf8'), /below 0\n$/);
      assert.match(fs.readFileSync(path.join(folder, 'logs/8/attempts/1/log.stdout'), 'utf8'), /below 3\n$/);
    });

    it('creates nothing when the script has errors', async () => {
      const before = fs.readdirSync(path.join(folder, 'logs'));
      const script = path.join(folder, 'bad.sh');
      fs.writeFileSync(script, `#!/bin/bash\n${directives}\npython3 train.py a=interval(0,1)\n`);
      const { code, stderr } = await sweepdeck('submit', 'bad.sh');
      assert.equal(code, 1);
      assert.match(stderr, /bad\.sh:\d+:\d+: error: .*\[multirun-interval\]/);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'logs')), before);
    });
  });
}
