import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readClaim, readExitRecord, writeJobDirectory } from '#engine/job-directory.ts';
import type { JobDescription } from '#engine/job-environment.ts';
import { type ClusterScript, resubmission } from '#engine/wrapper-cluster.ts';

const CLUSTER: ClusterScript = {
  nativeId: '${NATIVE-}',
  restartsUnderNewId: false,
  magicExitCodes: [99, 100],
};
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program = '', ...words]) => spawnSync(program, [...words, '-c', ':']).status === 0,
);

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wrapper-cluster-'));
  directory = path.join(folder, "job's directory");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(command: string, cluster: Partial<ClusterScript> = {}, attempt = 1): void {
  const job: JobDescription = {
    id: 'quadratic-1/0',
    sweep: 'quadratic-1',
    index: 0,
    attempt,
    parameters: {},
    argv: ['sh', '-c', command],
    environment: {},
    workingDirectory: folder,
    pythonPath: folder,
  };
  writeJobDirectory(directory, job, { script: { publish: 'rename', cluster: { ...CLUSTER, ...cluster } } });
}

const script = (): string => path.join(directory, 'script.sh');
const read = (name: string): string => readFileSync(path.join(directory, name), 'utf8');

function run(native: string, shell: readonly string[] = ['sh']): number | null {
  const [program = 'sh', ...words] = shell;
  return spawnSync(program, [...words, script()], { env: { ...process.env, NATIVE: native } }).status;
}

/** Starts the script, waits until the program says so, and kills it with everything below it. */
async function runAndKill(native: string): Promise<void> {
  const child = spawn('sh', [script()], { env: { ...process.env, NATIVE: native }, detached: true });
  while (!existsSync(path.join(folder, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 5));
  rmSync(path.join(folder, 'ready'));
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child, 'exit');
}
const SAYS_READY = 'touch "$READY"; sleep 60';
const slow = (): string => SAYS_READY.replace('"$READY"', `'${path.join(folder, 'ready')}'`);

describe('the wrapper on a cluster', () => {
  for (const shell of SHELLS) {
    it(`leaves outputs, a claim with the native id and an exit record, run by ${shell.join(' ')}`, () => {
      write('echo "attempt $SWEEPDECK_ATTEMPT"; exit 3');
      assert.equal(run('17', shell), 3);
      assert.equal(read('stdout.log'), 'attempt 1\n');
      const record = readExitRecord(directory, 1);
      assert.deepEqual([record?.code, record?.signal, record?.stopped], [3, null, false]);
      const claim = readClaim(directory, 1);
      assert.ok(claim !== undefined && claim !== 'unfinished');
      assert.equal(claim.nativeId, '17');
    });
  }

  it('hides exit codes that mean something to the batch system, and keeps them on record', () => {
    write('exit 99');
    assert.equal(run('1'), 1);
    assert.equal(readExitRecord(directory, 1)?.code, 99);
  });

  it('runs no attempt twice for two native jobs', () => {
    write('echo ran');
    assert.equal(run('1'), 0);
    assert.equal(run('2'), 75);
    assert.equal(readExitRecord(directory, 1)?.code, 0);
  });

  it('does not run again when the system starts a job once more that came to its end', () => {
    write('exit 4');
    assert.equal(run('1'), 4);
    assert.equal(run('1'), 75);
    assert.equal(existsSync(path.join(directory, 'claim-2')), false);
  });

  it('takes the next attempt when the system starts the same native job again, and sets outputs aside', async () => {
    write(`echo first; ${slow()}`);
    await runAndKill('1');
    writeFileSync(
      script(),
      read('script.sh').replace('echo first', 'echo "attempt $SWEEPDECK_ATTEMPT"; exit 0'),
    );
    assert.equal(run('1'), 0);
    assert.equal(read('stdout.log'), 'attempt 2\n');
    assert.equal(read('attempts/1/stdout.log'), 'first\n');
    assert.equal(readExitRecord(directory, 1), undefined);
    assert.equal(readExitRecord(directory, 2)?.code, 0);
  });

  it('takes the next attempt after one that was stopped and could write its record', async () => {
    write(slow());
    const child = spawn('sh', [script()], { env: { ...process.env, NATIVE: '1' }, detached: true });
    while (!existsSync(path.join(folder, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await once(child, 'exit');
    assert.equal(readExitRecord(directory, 1)?.stopped, true);
    writeFileSync(script(), read('script.sh').replace('sleep 60', 'exit 0'));
    assert.equal(run('1'), 0);
    assert.equal(readExitRecord(directory, 1)?.signal, 15);
    assert.equal(readExitRecord(directory, 2)?.code, 0);
  });

  it('gives a killed attempt to nobody else than the job that ran it', async () => {
    write(slow());
    await runAndKill('1');
    assert.equal(run('2'), 75);
  });

  it('goes on under a new id where the system works like that, but not for another submission', async () => {
    write(slow(), { restartsUnderNewId: true });
    await runAndKill('1');
    writeFileSync(script(), read('script.sh').replace('sleep 60', 'exit 0'));
    const again = read('script.sh');
    writeFileSync(script(), resubmission(again, 'quad-1/2'));
    assert.equal(run('2'), 75);
    writeFileSync(script(), again);
    assert.equal(run('2'), 0);
  });

  for (const shell of SHELLS) {
    it(`knows the signal that ended the program and the waiting at once, run by ${shell.join(' ')}`, async () => {
      const [program = 'sh', ...words] = shell;
      for (const [signal, number] of [
        ['SIGTERM', 15],
        // the number that it has on Linux
        ...(process.platform === 'linux' ? ([['SIGUSR1', 10]] as const) : []),
      ] as const) {
        for (let times = 1; times <= 8; times++) {
          rmSync(directory, { recursive: true, force: true });
          write(`touch '${path.join(folder, 'ready')}'; exec sleep 60`);
          const env = { ...process.env, NATIVE: '1' };
          const child = spawn(program, [...words, script()], { env, detached: true, stdio: 'ignore' });
          while (!existsSync(path.join(folder, 'ready')))
            await new Promise((resolve) => setTimeout(resolve, 5));
          rmSync(path.join(folder, 'ready'));
          process.kill(-(child.pid ?? 0), signal);
          await once(child, 'exit');
          const record = readExitRecord(directory, 1);
          assert.deepEqual([record?.code, record?.signal], [128 + number, number]);
        }
      }
    });
  }

  it('passes warnings on to the program and waits for its end', async () => {
    write(
      `trap 'echo warned; exit 5' USR2; touch '${path.join(folder, 'ready')}'; while :; do sleep 0.02; done`,
    );
    const child = spawn('sh', [script()], { env: { ...process.env, NATIVE: '1' } });
    while (!existsSync(path.join(folder, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGUSR2');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 5);
    assert.equal(read('stdout.log'), 'warned\n');
  });

  it('leaves the record of a later attempt alone when an earlier one that was given up ends after it', async () => {
    const ready = path.join(folder, 'ready');
    const goOn = path.join(folder, 'go-on');
    write(`touch '${ready}'; while [ ! -e '${goOn}' ]; do sleep 0.02; done; exit 7`);
    const given = spawn('sh', [script()], { env: { ...process.env, NATIVE: '1' } });
    while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 5));
    write('exit 0', {}, 2);
    assert.equal(run('2'), 0);
    writeFileSync(goOn, '');
    assert.deepEqual(await once(given, 'exit'), [7, null]);
    assert.equal(readExitRecord(directory, 2)?.code, 0);
    assert.equal(readExitRecord(directory, 1)?.code, 7);
  });

  it('goes on in the script that it began when another attempt gets one of its own', () => {
    write('echo first');
    const before = read('script.sh');
    const begun = openSync(script(), 'r');
    write('echo second and longer', {}, 2);
    assert.equal(readFileSync(begun, 'utf8'), before);
    closeSync(begun);
    assert.equal(statSync(script()).mode & 0o111, 0o111);
  });

  it('leaves a record that can be read when a stop hits the clock', () => {
    for (const times of [1, 9]) {
      rmSync(directory, { recursive: true, force: true });
      write('exit 3');
      const programs = path.join(folder, `programs-${times}`);
      mkdirSync(programs);
      const left = path.join(programs, 'left');
      writeFileSync(left, 'x'.repeat(times));
      const date = `#!/bin/sh\nif [ -s '${left}' ]; then cut -c2- '${left}' | tr -d '\\n' >'${left}.new'; mv '${left}.new' '${left}'; kill -TERM $$; fi\nexec /bin/date "$@"\n`;
      writeFileSync(path.join(programs, 'date'), date, { mode: 0o755 });
      const env = { ...process.env, NATIVE: '1', PATH: `${programs}:${process.env['PATH'] ?? ''}` };
      assert.equal(spawnSync('sh', [script()], { env }).status, 3);
      const record = readExitRecord(directory, 1);
      assert.equal(record?.code, 3);
      assert.equal(record.startedAt > 1_000_000, times === 1);
    }
  });

  it('keeps the outputs of an attempt that the system began by itself when we submit another one', async () => {
    write(`echo first; ${slow()}`);
    await runAndKill('1');
    writeFileSync(script(), read('script.sh').replace('echo first', 'echo second'));
    await runAndKill('1');
    write('echo third', {}, 3);
    assert.equal(read('attempts/1/stdout.log'), 'first\n');
    assert.equal(read('attempts/2/stdout.log'), 'second\n');
  });
});
