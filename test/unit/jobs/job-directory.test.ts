import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Float } from '#core/value.ts';
import { StorageError } from '#engine/atomic-file.ts';
import {
  claimForRecovery,
  readClaim,
  readExitRecord,
  readJobDescription,
  wasClaimed,
  writeJobDirectory,
} from '#engine/job-directory.ts';
import { makeJob, run, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const write = (directory: string, name: string, text: string): void =>
  fs.writeFileSync(path.join(directory, name), text);
const read = (directory: string, name: string): string => fs.readFileSync(path.join(directory, name), 'utf8');
const record = (attempt: number): string =>
  `{"attempt":${attempt},"code":${attempt},"signal":null,"stopped":false,"startedAt":1,"endedAt":2,"host":"h"}\n`;

describe('a job directory', () => {
  it('says everything about the job, number kinds kept apart', () => {
    const { directory, description } = makeJob(folder, ['python', 'train.py'], {
      parameters: { lr: new Float(1), n: 1, opt: { name: 'sgd' }, big: 2n ** 70n },
      resources: { gpus: 1 },
    });
    assert.deepEqual(readJobDescription(directory), description);
    assert.equal(
      read(directory, 'params.json'),
      '{"lr":1.0,"n":1,"opt":{"name":"sgd"},"big":1180591620717411303424}',
    );
  });

  it('holds args.json only for a command that uses it', () => {
    const without = makeJob(folder, ['true']);
    assert.equal(fs.existsSync(path.join(without.directory, 'args.json')), false);
    const using = makeJob(folder, ['true'], {}, { argsJson: '{"a": 1}' });
    assert.equal(read(using.directory, 'args.json'), '{"a": 1}');
  });

  it('is made with its parents when they are missing', () => {
    const { directory, description } = makeJob(path.join(folder, 'a', 'b'), ['true']);
    assert.deepEqual(readJobDescription(directory), description);
  });

  it('sets aside what earlier attempts left, each in its own folder', () => {
    const { directory, description } = makeJob(folder, ['true']);
    for (const attempt of [1, 2]) {
      if (attempt > 1) writeJobDirectory(directory, { ...description, attempt });
      for (const name of ['stdout.log', 'stderr.log', 'metrics.jsonl', 'result.json'])
        write(directory, name, `${name} ${attempt}`);
      write(directory, 'exit.json', record(attempt));
      write(directory, `claim-${attempt}`, '1\nh  \n\n');
    }
    writeJobDirectory(directory, { ...description, attempt: 3 });
    assert.deepEqual(
      fs
        .readdirSync(directory)
        .filter((name) => !/config|params|job.json|script/.test(name))
        .sort(),
      ['attempts', 'claim-1', 'claim-2'],
    );
    assert.equal(read(directory, 'attempts/1/stdout.log'), 'stdout.log 1');
    assert.equal(read(directory, 'attempts/2/metrics.jsonl'), 'metrics.jsonl 2');
    assert.deepEqual(
      [1, 2, 3].map((attempt) => readExitRecord(directory, attempt)?.code),
      [1, 2, undefined],
    );
    assert.equal(readJobDescription(directory)?.attempt, 3);
  });

  it('can be written again after a crash at any point of setting aside', () => {
    const names = ['stdout.log', 'stderr.log', 'metrics.jsonl', 'result.json', 'exit.json'];
    for (let moved = 0; moved <= names.length; moved++) {
      const { directory, description } = makeJob(folder, ['true']);
      fs.mkdirSync(path.join(directory, 'attempts', '1'), { recursive: true });
      for (const [index, name] of names.entries())
        write(directory, index < moved ? `attempts/1/${name}` : name, name);
      writeJobDirectory(directory, { ...description, attempt: 2 });
      for (const name of names) {
        assert.equal(read(directory, `attempts/1/${name}`), name);
        assert.equal(fs.existsSync(path.join(directory, name)), false);
      }
    }
  });

  it('keeps what the attempt itself wrote when it is written again', () => {
    const { directory, description } = makeJob(folder, ['true'], { attempt: 2 });
    write(directory, 'stdout.log', 'mine');
    writeJobDirectory(directory, description);
    assert.equal(read(directory, 'stdout.log'), 'mine');
  });

  it('that can not be written is told in a sentence', () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    assert.throws(
      () => makeJob(file, ['true']),
      (error) => error instanceof StorageError && error.message.includes(file) && error.message.endsWith('.'),
    );
  });

  it('takes an exit record only when it is whole and of the attempt asked for', () => {
    const { directory } = makeJob(folder, ['true']);
    const whole = record(1);
    for (let length = 0; length < whole.length; length++) {
      write(directory, 'exit.json', whole.slice(0, length));
      assert.equal(readExitRecord(directory, 1), undefined, `after ${length} bytes`);
    }
    write(directory, 'exit.json', whole);
    assert.equal(readExitRecord(directory, 1)?.code, 1);
    assert.equal(readExitRecord(directory, 2), undefined);
    write(directory, 'exit.json', '{"attempt":1}\n');
    assert.equal(readExitRecord(directory, 1), undefined);
  });

  it('takes a claim only when it is whole', () => {
    const { directory } = makeJob(folder, ['true']);
    assert.equal(readClaim(directory, 1), undefined);
    assert.equal(wasClaimed(directory, 1), false);
    const whole = '77 (a b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\nhost 3 0,1 f00d\n\n';
    for (let length = 0; length < whole.length; length++) {
      write(directory, 'claim-1', whole.slice(0, length));
      assert.equal(readClaim(directory, 1), 'unfinished', `after ${length} bytes`);
    }
    write(directory, 'claim-1', whole);
    assert.deepEqual(readClaim(directory, 1), {
      pid: 77,
      startTime: '4711',
      host: 'host',
      slot: 3,
      gpus: ['0', '1'],
      token: 'f00d',
      machine: undefined,
    });
    assert.equal(wasClaimed(directory, 1), true);
  });

  it('reads the claims of systems without /proc', () => {
    const { directory } = makeJob(folder, ['true']);
    write(directory, 'claim-1', '77 Sat Nov  1 07:52:45 2026\nhost  \n\n');
    const claim = readClaim(directory, 1);
    assert.ok(claim !== undefined && claim !== 'unfinished');
    assert.deepEqual(
      [claim.pid, claim.startTime, claim.slot, claim.gpus],
      [77, 'Sat Nov 1 07:52:45 2026', undefined, []],
    );
  });

  it('claimed for recovery never runs', async () => {
    const { directory } = makeJob(folder, ['touch', path.join(folder, 'ran')]);
    assert.equal(claimForRecovery(directory, 1, 'host'), 'claimed');
    assert.equal((await run(['sh', path.join(directory, 'script.sh')])).code, 75);
    assert.equal(fs.existsSync(path.join(folder, 'ran')), false);
    const claim = readClaim(directory, 1);
    assert.deepEqual(claimForRecovery(directory, 1, 'host'), claim);
    assert.ok(claim !== undefined && claim !== 'unfinished');
    assert.equal(claim.pid, 0);
  });

  it("gives W&B's client the parameters in its own form", () => {
    const { directory } = makeJob(folder, ['true'], {
      index: 90_001,
      parameters: {
        lr: 1e-7,
        whole: new Float(3),
        n: 1,
        big: new Float(1e21),
        bad: new Float(NaN),
        none: null,
        on: true,
        list: [1, 'a'],
        opt: { lr: new Float(-Infinity) },
        text: 'a: "b"\n\u0085',
      },
    });
    assert.equal(
      read(directory, 'config-test-1-90001.yaml'),
      `wandb_version: 1
"lr": {"value": 1.0e-7}
"whole": {"value": 3.0}
"n": {"value": 1}
"big": {"value": 1.0e+21}
"bad": {"value": .nan}
"none": {"value": null}
"on": {"value": true}
"list": {"value": [1, "a"]}
"opt": {"value": {"lr": -.inf}}
"text": {"value": "a: \\"b\\"\\n\\u0085"}
`,
    );
  });
});
