import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { nodeLauncher, shellLauncher } from '#engine/queues/local/launcher.ts';
import { slotShellLauncher } from '#engine/queues/local/slot-shells.ts';
import { readClaim, readExitRecord } from '#engine/job-directory.ts';
import { fileWritten, makeJob, makeWorkers, Observed, run, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const WRAPPER = path.resolve(import.meta.dirname, '../../../client/src/engine/wrapper-windows.ts');
const stdoutOf = (directory: string): string => path.join(directory, 'stdout.log');
function isDead(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(' Z ');
  } catch (error) {
    // ENOENT: it is gone; ESRCH: it went between the opening of the file and the reading
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return true;
    throw error;
  }
}

const launchers = [
  { name: 'script.sh', launcher: shellLauncher(process.env) },
  { name: "a slot's shell", launcher: slotShellLauncher(process.env) },
  { name: 'the Node wrapper', launcher: nodeLauncher(WRAPPER, process.env) },
];

for (const { name, launcher } of launchers) {
  describe(`the local queue with ${name}`, () => {
    const observe = (settings = {}): Observed => new Observed(makeWorkers(settings, { launcher }));

    it('runs a job in a session of its own and says when it started and ended', async () => {
      const observed = observe();
      const job = makeJob(folder, ['sh', '-c', 'ps -o sid= -p $$ || cut -d" " -f6 /proc/$$/stat']);
      observed.queue.submit(job);
      const ended = await observed.ended(job.id);
      assert.deepEqual(
        observed.events.map((event) => event.type),
        ['started', 'ended'],
      );
      const [started] = observed.events;
      assert.ok(started?.type === 'started' && started.pid !== undefined);
      assert.equal(started.slot, 0);
      assert.deepEqual([ended.state, ended.exitCode, ended.attempt], ['done', 0, 1]);
      assert.equal(Number(fs.readFileSync(stdoutOf(job.directory), 'utf8')), started.pid);
      assert.ok(ended.startedAt !== undefined && ended.startedAt <= ended.endedAt);
    });

    it('tells a failure by its exit code and the last thing it said', async () => {
      const observed = observe();
      const job = makeJob(folder, [
        'sh',
        '-c',
        "printf 'warming up\\n\\033[31mValueError: no\\033[0m\\n\\n' >&2; exit 3",
      ]);
      observed.queue.submit(job);
      const { state, reason, exitCode, detail } = await observed.ended(job.id);
      assert.deepEqual([state, reason, exitCode], ['failed', 'exit-code', 3]);
      assert.equal(detail, 'Exit code 3. Last line of stderr.log: ValueError: no');
    });

    it('tells a death by signal', async () => {
      const observed = observe();
      const job = makeJob(folder, ['sh', '-c', 'kill -SEGV $$']);
      observed.queue.submit(job);
      const { state, reason, signal } = await observed.ended(job.id);
      assert.deepEqual([state, reason, signal], ['failed', 'signal', 'SIGSEGV']);
    });

    it('says that a program is missing', async () => {
      const observed = observe();
      const job = makeJob(folder, ['no-such-program', 'a', 'b', 'c']);
      observed.queue.submit(job);
      const { exitCode, detail } = await observed.ended(job.id);
      assert.equal(exitCode, 127);
      assert.match(detail ?? '', /^Command not found: no-such-program a b\. Last line/);
    });

    it('says that the arguments are too long', async () => {
      const observed = observe();
      const job = makeJob(folder, ['true', 'x'.repeat(1_000_000)]);
      observed.queue.submit(job);
      const { exitCode, detail } = await observed.ended(job.id);
      assert.equal(exitCode, 126);
      assert.match(detail ?? '', /argument list is too long .*SWEEPDECK_PARAMS_FILE/);
    });

    it('says that the working directory is missing', async () => {
      const observed = observe();
      const job = makeJob(folder, ['true'], { workingDirectory: path.join(folder, 'gone') });
      observed.queue.submit(job);
      assert.match((await observed.ended(job.id)).detail ?? '', /working directory .*gone is missing/);
    });

    it('cancels by a signal that the program may answer, whatever its exit code', async () => {
      const observed = observe();
      const job = makeJob(folder, [
        'sh',
        '-c',
        'trap "echo saved; exit 0" TERM; echo ready; while :; do sleep 0.05; done',
      ]);
      observed.queue.submit(job);
      await fileWritten(stdoutOf(job.directory));
      observed.queue.cancel(job.id);
      const { state, reason } = await observed.ended(job.id);
      assert.deepEqual([state, reason], ['cancelled', 'requested']);
      assert.equal(fs.readFileSync(stdoutOf(job.directory), 'utf8'), 'ready\nsaved\n');
    });

    it('kills what ignores the signal after the grace period, background children too', async () => {
      const observed = observe({ gracePeriod: 0.2 });
      const job = makeJob(folder, [
        'sh',
        '-c',
        'trap "" TERM; sleep 1000 & echo $! $$; while :; do sleep 0.05; done',
      ]);
      observed.queue.submit(job);
      const pids = (await fileWritten(stdoutOf(job.directory))).trim().split(' ').map(Number);
      observed.queue.cancel(job.id);
      assert.equal((await observed.ended(job.id)).state, 'cancelled');
      assert.deepEqual(
        pids.filter((pid) => !isDead(pid)),
        [],
      );
    });

    it('ends a cancelled job when its last background child has ended', async () => {
      const observed = observe({ gracePeriod: 0.3 });
      const job = makeJob(folder, ['sh', '-c', '(trap "" TERM; exec sleep 1000) & echo $!; wait']);
      observed.queue.submit(job);
      const child = Number(await fileWritten(stdoutOf(job.directory)));
      observed.queue.cancel(job.id);
      assert.equal((await observed.ended(job.id)).state, 'cancelled');
      assert.ok(isDead(child));
    });

    it('leaves a job done that had ended before it was cancelled', async () => {
      const observed = observe();
      const job = makeJob(folder, ['true']);
      observed.queue.submit(job);
      await observed.started(job.id);
      // the event loop stands still, so the exit is there but not seen
      while (readExitRecord(job.directory, 1) === undefined)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      observed.queue.cancel(job.id);
      assert.equal((await observed.ended(job.id)).state, 'done');
    });

    it('fails a job whose wrapper is killed, and ends what it left running', async () => {
      const observed = observe();
      const job = makeJob(folder, ['sh', '-c', 'echo $$; exec sleep 1000']);
      observed.queue.submit(job);
      const program = Number(await fileWritten(stdoutOf(job.directory)));
      const { pid } = await observed.started(job.id);
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
      const { state, reason, signal } = await observed.ended(job.id);
      assert.deepEqual([state, reason, signal], ['failed', 'signal', 'SIGKILL']);
      while (!isDead(program)) await new Promise((resolve) => setImmediate(resolve));
    });

    it('takes over a job that runs on without the engine that started it', async () => {
      const job = makeJob(folder, ['sh', '-c', 'echo ready; read line < "$SWEEPDECK_JOB_DIR/gate"; exit 7']);
      await run(['mkfifo', path.join(job.directory, 'gate')]);
      const first = observe();
      first.queue.submit(job);
      const { pid } = await first.started(job.id);
      await fileWritten(stdoutOf(job.directory));
      first.queue.close();

      const second = observe();
      second.queue.adopt(job);
      const started = await second.started(job.id);
      assert.equal(started.pid, pid);
      assert.equal(started.slot, 0);
      fs.writeFileSync(path.join(job.directory, 'gate'), 'go\n');
      const { state, exitCode } = await second.ended(job.id);
      assert.deepEqual([state, exitCode], ['failed', 7]);
      assert.deepEqual(
        first.events.map(({ type }) => type),
        ['started'],
      );
    });

    it('cancels a job it took over', async () => {
      const job = makeJob(folder, ['sh', '-c', 'echo $$; exec sleep 1000']);
      const first = observe();
      first.queue.submit(job);
      const program = Number(await fileWritten(stdoutOf(job.directory)));
      first.queue.close();
      const second = observe();
      second.queue.adopt(job);
      second.queue.cancel(job.id);
      assert.equal((await second.ended(job.id)).state, 'cancelled');
      assert.ok(isDead(program));
    });
  });
}

describe('the local queue, taking over', () => {
  it('ends a job that ended while no engine ran', async () => {
    const job = makeJob(folder, ['sh', '-c', 'exit 4']);
    await run(['sh', path.join(job.directory, 'script.sh')]);
    const observed = new Observed();
    observed.queue.adopt(job);
    const { state, exitCode } = await observed.ended(job.id);
    assert.deepEqual([state, exitCode], ['failed', 4]);
  });

  it('starts a job that never started', async () => {
    const job = makeJob(folder, ['true']);
    const observed = new Observed();
    observed.queue.adopt(job);
    assert.equal((await observed.ended(job.id)).state, 'done');
  });

  it('never starts a job that is cancelled at once', async () => {
    const job = makeJob(folder, ['true']);
    const observed = new Observed();
    observed.queue.adopt(job);
    observed.queue.cancel(job.id);
    const { state, detail } = await observed.ended(job.id);
    assert.deepEqual([state, detail], ['cancelled', 'Cancelled before it started.']);
    assert.equal((await run(['sh', path.join(job.directory, 'script.sh')])).code, 75);
  });

  it('loses no job and runs none twice when the engine is killed right after submitting', async () => {
    for (let round = 0; round < 10; round++) {
      const job = makeJob(folder, ['sh', '-c', 'echo once >> "$SWEEPDECK_JOB_DIR/runs"']);
      const engine = `
        import { LocalQueue, LocalWorkers, localLauncher } from '#engine/queues/local.ts';
        const settings = () => ({ workers: 1, gpus: [], gpusPerJob: 0, gracePeriod: 1 });
        const machine = Promise.resolve({ host: 'x' });
        const workers = new LocalWorkers({ settings, launcher: localLauncher(''), machine });
        await machine;
        const queue = new LocalQueue(workers, { onEvent() {}, onFree() {} });
        queue.submit(${JSON.stringify(job)});
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${round % 5});`;
      const killed = await run([process.execPath, '--input-type=module', '-e', engine], {
        cwd: import.meta.dirname,
      });
      assert.equal(killed.signal, 'SIGKILL', killed.stderr);
      const observed = new Observed();
      observed.queue.adopt(job);
      assert.equal((await observed.ended(job.id)).state, 'done');
      assert.equal(fs.readFileSync(path.join(job.directory, 'runs'), 'utf8'), 'once\n');
    }
  });

  it('gives a job up as lost when its process is gone without a record', async () => {
    const job = makeJob(folder, ['sleep', '1000']);
    const wrapper = startScript(job.directory);
    await claimOf(job.directory);
    const gone = new Promise((resolve) => wrapper.once('exit', resolve));
    process.kill(-(wrapper.pid ?? 0), 'SIGKILL');
    await gone;
    const observed = new Observed();
    observed.queue.adopt(job);
    const { state, reason } = await observed.ended(job.id);
    assert.deepEqual([state, reason], ['lost', 'no-exit-record']);
  });

  it('does not take a process that got the pid of another one for the job', async () => {
    const host = (await ownHost()).trim();
    for (const claim of [`${process.pid} 1\n${host} 0  \n\n`, `${process.pid}\n${host} 0  f00d\n\n`]) {
      const job = makeJob(folder, ['true']);
      fs.writeFileSync(path.join(job.directory, 'claim-1'), claim);
      const observed = new Observed();
      observed.queue.adopt(job);
      assert.equal((await observed.ended(job.id)).state, 'lost');
    }
  });

  it('waits for the record of a job on another machine, and can only let go of it', async () => {
    const [ending, cancelled] = [makeJob(folder, ['true']), makeJob(folder, ['true'])];
    for (const { directory } of [ending, cancelled])
      fs.writeFileSync(path.join(directory, 'claim-1'), '1 1\nfar-away 0 \n\n');
    const observed = new Observed();
    observed.queue.adopt(ending);
    observed.queue.adopt(cancelled);
    const started = await observed.started(ending.id);
    assert.deepEqual([started.host, started.slot], ['far-away', undefined]);
    await observed.started(cancelled.id);
    observed.queue.cancel(cancelled.id);
    const lost = await observed.ended(cancelled.id);
    assert.equal(lost.state, 'lost');
    assert.match(lost.detail ?? '', /far-away/);
    const record =
      '{"attempt":1,"code":0,"signal":null,"stopped":false,"startedAt":1,"endedAt":2,"host":"far-away"}\n';
    fs.writeFileSync(path.join(ending.directory, 'exit.json'), record);
    const { state, endedAt } = await observed.ended(ending.id);
    assert.deepEqual([state, endedAt], ['done', 2]);
  });

  it('follows a slower wrapper that claimed the attempt first', async () => {
    const job = makeJob(folder, [
      'sh',
      '-c',
      'echo once >> "$SWEEPDECK_JOB_DIR/runs"; read line < "$SWEEPDECK_JOB_DIR/gate"',
    ]);
    await run(['mkfifo', path.join(job.directory, 'gate')]);
    startScript(job.directory);
    const claim = await claimOf(job.directory);
    const observed = new Observed();
    observed.queue.submit(job);
    await observed.until(() =>
      observed.events.find((event) => event.type === 'started' && event.pid === claim.pid),
    );
    fs.writeFileSync(path.join(job.directory, 'gate'), 'go\n');
    assert.equal((await observed.ended(job.id)).state, 'done');
    assert.equal(fs.readFileSync(path.join(job.directory, 'runs'), 'utf8'), 'once\n');
  });

  it('waits for a claim that is just being written', async () => {
    const job = makeJob(folder, ['true']);
    const file = path.join(job.directory, 'claim-1');
    fs.writeFileSync(file, '');
    const observed = new Observed();
    observed.queue.adopt(job);
    const ended = observed.ended(job.id);
    await new Promise((resolve) => setImmediate(resolve));
    fs.writeFileSync(file, `${process.pid} 1\n${(await ownHost()).trim()} 0 \n\n`);
    assert.equal((await ended).state, 'lost');
  });

  it('says that the job directory is gone', async () => {
    const job = makeJob(folder, ['true']);
    fs.rmSync(job.directory, { recursive: true });
    const observed = new Observed();
    observed.queue.submit(job);
    const { state, reason, detail } = await observed.ended(job.id);
    assert.deepEqual([state, reason], ['failed', 'spawn-failed']);
    assert.ok(detail?.includes(job.directory));
  });
});

describe('the local queue, when a process can not be started', () => {
  it('ends the job with a sentence', async () => {
    const failing = [
      () => spawn('/no/such/shell', [], { stdio: 'ignore' }),
      (): ChildProcess => {
        throw Object.assign(new Error('spawn E2BIG'), { code: 'E2BIG' });
      },
    ];
    for (const launcher of failing) {
      const observed = new Observed(makeWorkers({}, { launcher }));
      const job = makeJob(folder, ['true']);
      observed.queue.submit(job);
      const { state, reason, detail } = await observed.ended(job.id);
      assert.deepEqual([state, reason], ['failed', 'spawn-failed']);
      assert.match(detail ?? '', /^The job's process couldn't be started: .*\.$/);
      await observed.until(() => (observed.queue.free() === 2 ? true : undefined));
    }
  });
});

/** A wrapper that some other engine started. */
function startScript(directory: string): ChildProcess {
  return spawn('/bin/sh', [path.join(directory, 'script.sh')], { detached: true, stdio: 'ignore' });
}

async function claimOf(directory: string): Promise<{ pid: number }> {
  for (;;) {
    const claim = readClaim(directory, 1);
    if (claim !== undefined && claim !== 'unfinished') return claim;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function ownHost(): Promise<string> {
  return (await run(['uname', '-n'])).stdout.toString();
}
