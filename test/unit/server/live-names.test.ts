import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { CompletionList, Diagnostic } from 'vscode-languageserver/node';
import { commandEnvironment } from '#core/batch/command-environment.ts';
import type { SiteName } from '#core/batch/site-names.ts';
import { workspaceTrusted } from '#core/server-messages.ts';
import { LiveNames, queriesOf } from '../../../server/src/live-names/live-names.ts';
import { readLsfApplications, readLsfHosts, readLsfQueues } from '../../../server/src/live-names/lsf.ts';
import { readProperties, readUsedQueues } from '../../../server/src/live-names/oar.ts';
import { readQueues } from '../../../server/src/live-names/pbs.ts';
import type { Query } from '../../../server/src/live-names/query.ts';
import { runCommand } from '../../../server/src/live-names/run-command.ts';
import { readComplexes } from '../../../server/src/live-names/sge.ts';
import { readPartitions } from '../../../server/src/live-names/slurm.ts';
import { Editor } from './lsp-client.ts';

const fixtures = path.resolve(import.meta.dirname, '..', '..', 'fixtures', 'live-names');
const printed = (file: string) => readFileSync(path.join(fixtures, file), 'utf8');
const all = queriesOf('me');
const queryFor = (system: keyof typeof all, kind: string): Query => {
  const query = all[system].find(({ kinds }) => kinds.includes(kind));
  assert.ok(query);
  return query;
};
const read = (system: keyof typeof all, kind: string, output: string) =>
  queryFor(system, kind).read(output)?.[kind];
const plain = (names: readonly SiteName[] | undefined) => names?.map(({ name }) => name);

describe('names that batch systems print', () => {
  it('are the partitions of Slurm with limits and nodes', () => {
    assert.deepEqual(read('slurm', 'partition', printed('sinfo.txt')), [
      { name: 'main', detail: 'default, 2 nodes, at most 1-00:00:00' },
      { name: 'short', detail: '1 node, at most 5:00' },
      { name: 'scavenge', detail: '1 node, no time limit' },
      { name: 'urgent', detail: '1 node, no time limit' },
    ]);
  });
  it('are the generic resources and features of its nodes, each once', () => {
    const names = readPartitions(
      'gpu|up|2-00:00:00|4|gpu|gpu:a100:4(S:0-1),shard:8|ib,a100\ngpu|drain|2-00:00:00|2|gpu|gpu:a100:4|ib,(null)\n',
    );
    assert.deepEqual(plain(names?.['gres']), ['gpu:a100', 'shard']);
    assert.deepEqual(plain(names?.['feature']), ['ib', 'a100']);
    assert.deepEqual(names?.['partition'], [{ name: 'gpu', detail: '6 nodes, at most 2-00:00:00' }]);
  });
  it('are its nodes, accounts, qualities of service, licences and reservations', () => {
    assert.deepEqual(plain(read('slurm', 'node', printed('sinfo-nodes.txt'))), ['n1', 'n2']);
    assert.deepEqual(plain(read('slurm', 'account', printed('sacctmgr-associations.txt'))), [
      'lab',
      'chemistry',
      'root',
    ]);
    assert.deepEqual(read('slurm', 'qos', printed('sacctmgr-qos.txt')), [
      { name: 'normal', detail: 'Normal QOS default' },
      { name: 'fast' },
    ]);
    assert.deepEqual(read('slurm', 'licence', printed('scontrol-licenses.txt')), [
      { name: 'ansys', detail: 'free 2, of 2' },
      { name: 'matlab', detail: 'free 10, of 10' },
    ]);
    assert.deepEqual(read('slurm', 'reservation', printed('scontrol-reservation.txt')), [
      { name: 'course', detail: 'from 2026-11-21T11:00:25, to 2026-11-21T12:00:25' },
    ]);
    assert.deepEqual(read('slurm', 'reservation', printed('scontrol-reservation-none.txt')), []);
  });
  it('are the queues and the requestable resources of Grid Engine', () => {
    assert.deepEqual(plain(read('sge', 'queue', printed('qconf-sql.txt'))), ['all.q', 'short.q']);
    const resources = readComplexes(printed('qconf-sc.txt'))?.['resource'] ?? [];
    assert.deepEqual(
      resources.find(({ name }) => name === 'mem_free'),
      { name: 'mem_free', detail: 'MEMORY, short mf' },
    );
    assert.ok(!resources.some(({ name }) => name === 'load_avg' || name.startsWith('#')));
  });
  it('are the properties of OAR that say what a resource is, and the queues of its jobs', () => {
    const properties = plain(readProperties(printed('oarnodes.json'))?.['property']);
    assert.deepEqual(properties, [
      'nodes',
      'mem',
      'cpu',
      'besteffort',
      'deploy',
      'resource_id',
      'network_address',
      'core',
    ]);
    assert.deepEqual(plain(readUsedQueues(printed('oarstat.json'))?.['used-queue']), ['default']);
    assert.deepEqual(readUsedQueues(''), { 'used-queue': [] });
  });
  it('are the queues of PBS, never what another qstat says', () => {
    const output = [
      'Queue: batch',
      '    queue_type = Execution',
      '    total_jobs = 3',
      '    resources_max.walltime = 24:00:00',
      '    enabled = True',
      '    started = True',
      '',
      'Queue: a_queue_with_a_long_name',
      '    queue_type = Route',
      '    enabled = False',
      '    started = True',
      '',
    ].join('\n');
    assert.deepEqual(readQueues(output), {
      queue: [
        { name: 'batch', detail: 'at most 24:00:00' },
        { name: 'a_queue_with_a_long_name', detail: 'takes no jobs' },
      ],
    });
    assert.equal(readQueues('usage: qstat [options]\nqueuename qtype resv/used/tot. load_avg\n'), undefined);
  });
  it('are the queues, hosts and application profiles of LSF', () => {
    const queues = [
      'LSF is processing your request. Please wait ...',
      'QUEUE_NAME      PRIO STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN  SUSP ',
      'night            40  Open:Inact        -    -    -    -     0     0     0     0',
      'normal           30  Open:Active       -    -    -    -     0     0     0     0',
    ].join('\n');
    assert.deepEqual(readLsfQueues(queues), {
      queue: [
        { name: 'night', detail: 'Open:Inact' },
        { name: 'normal', detail: 'Open:Active' },
      ],
    });
    assert.equal(readLsfQueues('Failed in an LSF library call: LIM is down; try later'), undefined);
    assert.deepEqual(
      plain(readLsfHosts('HOST_NAME          STATUS       JL/U    MAX\nhosta ok - 4\n')?.['host']),
      ['hosta'],
    );
    assert.deepEqual(
      plain(readLsfApplications('APP_NAME  NJOBS PEND RUN SUSP\nfluent 0 0 0 0\n')?.['application-profile']),
      ['fluent'],
    );
  });
  it('can be any text without an exception', () => {
    const queries = Object.values(all).flat();
    const near = fc.stringMatching(/^[\w |{}"=:,.\n#()-]{0,80}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (output) => {
        for (const query of queries)
          for (const kind of query.kinds)
            for (const { name } of query.read(output)?.[kind] ?? []) assert.notEqual(name, '');
      }),
    );
  });
});

describe('the environment of batch commands', () => {
  it('keeps what locates a system and drops what a job or a user left behind', () => {
    const environment = commandEnvironment(
      {
        PATH: '/usr/bin',
        SLURM_CONF: '/etc/slurm.conf',
        SLURM_JOB_ID: '12',
        SINFO_FORMAT: '%all',
        SGE_ROOT: '/sge',
        SGE_DEBUG_LEVEL: '9',
        PBS_SERVER: 'head',
        PBS_JOBID: '1.head',
        OAR_JOB_ID: '4',
        OARCONFFILE: '/etc/oar/oar.conf',
        LSF_ENVDIR: '/lsf/conf',
        LSB_JOBID: '7',
        LC_ALL: 'de_DE.UTF-8',
        PWD: '/home/me/project',
        gone: undefined,
      },
      '/',
    );
    assert.deepEqual(environment, {
      PATH: '/usr/bin',
      SLURM_CONF: '/etc/slurm.conf',
      SGE_ROOT: '/sge',
      PBS_SERVER: 'head',
      OARCONFFILE: '/etc/oar/oar.conf',
      LSF_ENVDIR: '/lsf/conf',
      LC_ALL: 'C',
      PWD: '/',
    });
  });
});

/** Programs that answer when the test says so. */
class Programs {
  readonly started: string[] = [];
  readonly #open: ((output: string | undefined) => void)[] = [];
  time = 0;

  readonly names = new LiveNames({
    queries: all,
    run: (argv) => {
      this.started.push(argv.join(' '));
      return new Promise((resolve) => this.#open.push(resolve));
    },
    now: () => this.time,
  });

  async answer(output: string | undefined): Promise<void> {
    this.#open.shift()?.(output);
    // what waits for the answer runs before the next turn
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('asking for names', () => {
  it('answers at once, asks in the background, and tells when the names are there', async () => {
    const programs = new Programs();
    let arrivals = 0;
    programs.names.onArrival(() => arrivals++);
    assert.equal(programs.names.of('slurm', 'partition'), 'pending');
    await programs.answer(undefined);
    assert.equal(arrivals, 0, 'nothing has started yet');
    assert.deepEqual(programs.started, ['sinfo -h -a -o %R|%a|%l|%D|%P|%G|%f']);
    await programs.answer(printed('sinfo.txt'));
    assert.deepEqual(plain(programs.names.of('slurm', 'partition') as readonly SiteName[]), [
      'main',
      'short',
      'scavenge',
      'urgent',
    ]);
    assert.deepEqual(programs.names.of('slurm', 'gres'), [], 'the same answer has them');
    assert.equal(arrivals, 1);
    assert.equal(programs.started.length, 1);
  });

  it('asks one question at a time of each system', async () => {
    const programs = new Programs();
    programs.names.of('slurm', 'partition');
    programs.names.of('slurm', 'account');
    programs.names.of('slurm', 'account');
    programs.names.of('sge', 'queue');
    await programs.answer(undefined);
    assert.deepEqual(
      programs.started.map((one) => one.split(' ')[0]),
      ['sinfo', 'qconf'],
    );
    await programs.answer('');
    assert.match(programs.started[2] ?? '', /^sacctmgr .*user=me/);
    assert.equal(programs.started.length, 3);
  });

  it('asks qstat once for the three systems that share it', async () => {
    const programs = new Programs();
    for (const system of ['torque', 'pbspro', 'moab'] as const) programs.names.of(system, 'queue');
    await programs.answer(undefined);
    await programs.answer('Queue: batch\n');
    assert.equal(programs.started.length, 1);
    assert.deepEqual(programs.names.of('moab', 'queue'), [{ name: 'batch' }]);
  });

  it('remembers answers and failures for five minutes, and keeps the old names while it asks again', async () => {
    const programs = new Programs();
    programs.names.of('sge', 'queue');
    programs.names.of('lsf', 'queue');
    await programs.answer(undefined);
    await programs.answer('all.q\n');
    await programs.answer(undefined);
    assert.equal(programs.names.of('lsf', 'queue'), undefined);
    programs.time = 299_999;
    programs.names.of('sge', 'queue');
    assert.equal(programs.started.length, 2);
    programs.time = 300_000;
    assert.deepEqual(programs.names.of('sge', 'queue'), [{ name: 'all.q' }]);
    await programs.answer(undefined);
    assert.equal(programs.started.length, 3);
  });

  it('has nothing to ask for other kinds', () => {
    const programs = new Programs();
    assert.equal(programs.names.of('oar', 'partition'), undefined);
    assert.deepEqual(programs.started, []);
  });
});

/** A folder with programs that are found before all others. */
class Bin {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-bin-'));
  readonly path = `${this.folder}${path.delimiter}${process.env['PATH'] ?? ''}`;

  file(name: string): string {
    return path.join(this.folder, name);
  }

  program(name: string, ...lines: readonly string[]): void {
    writeFileSync(this.file(name), `#!/bin/sh\n${lines.join('\n')}\n`);
    chmodSync(this.file(name), 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

describe('running a batch command', { skip: process.platform === 'win32' }, () => {
  const bin = new Bin();
  after(() => {
    bin.remove();
  });
  const run = (name: string, ...words: readonly string[]) => runCommand([bin.file(name), ...words]);

  it('gives its standard output, words passed on as they are', async () => {
    bin.program('say', 'printf "%s\\n" "$@"; echo noise >&2');
    assert.equal(await run('say', '%R|%a', '$(id)'), '%R|%a\n$(id)\n');
  });
  it('starts it in a neutral place with a clean environment', async () => {
    bin.program('where', 'pwd; echo "$PWD $LC_ALL"');
    assert.equal(await run('where'), '/\n/ C\n');
  });
  it('gives nothing for a program that fails or is not there', async () => {
    bin.program('fail', 'echo half an answer; exit 1');
    assert.equal(await run('fail'), undefined);
    assert.equal(await run('no-such-program'), undefined);
  });
  it('ends a program that does not answer, with all that it started', async () => {
    const fifo = bin.file('alive');
    bin.program(
      'hang',
      // the reader of the pipe is told its end when nobody holds the other side any more
      `mkfifo ${fifo}; sleep 600 > ${fifo} & exec sleep 600`,
    );
    bin.program('watch', `while [ ! -p ${fifo} ]; do sleep 0.02; done; cat ${fifo}; echo ended`);
    const watching = runCommand([bin.file('watch')], 20_000);
    assert.equal(await runCommand([bin.file('hang')], 1000), undefined);
    assert.equal(await watching, 'ended\n');
  });
});

describe('names in the language server', { skip: process.platform === 'win32' }, () => {
  const bin = new Bin();
  const uri = 'untitled:job.sh';
  const text = '#!/bin/bash\n#SBATCH -t 10 --partition=shrt\n./run\n';
  const settings = (liveNames: boolean) => ({ batchScripts: { liveNames } });
  const complete = (editor: Editor) =>
    editor.connection.sendRequest<CompletionList>('textDocument/completion', {
      textDocument: { uri },
      position: { line: 1, character: '#SBATCH -t 10 --partition='.length },
    });
  const offered = ({ items }: CompletionList) => items.map(({ label }) => label);
  before(() => {
    bin.program('sinfo', `echo asked >> ${bin.file('log')}`, `cat ${path.join(fixtures, 'sinfo.txt')}`);
  });
  after(() => {
    bin.remove();
  });

  /** Resolves with the problems of the script once there are some. */
  async function remark(editor: Editor): Promise<readonly Diagnostic[]> {
    let { diagnostics } = await editor.diagnostics(uri, 1);
    while (diagnostics.length === 0) ({ diagnostics } = await editor.nextDiagnostics(uri));
    return diagnostics;
  }

  async function session(
    options: Parameters<typeof Editor.start>[0],
    use: (editor: Editor) => Promise<void>,
  ): Promise<void> {
    rmSync(bin.file('log'), { force: true });
    const editor = await Editor.start({ ...options, env: { PATH: bin.path } });
    await editor.open(uri, text, 'shellscript');
    await use(editor);
    assert.equal(await editor.close(), 0);
  }

  it('are offered, and a name that is none of them gets a remark', () =>
    session({ trusted: true }, async (editor) => {
      assert.deepEqual(
        (await remark(editor)).map(({ code, severity, message }) => [code, severity, message]),
        [['unknown-site-name', 3, "Slurm knows no partition 'shrt' here. Did you mean 'short'?"]],
      );
      const list = await complete(editor);
      assert.deepEqual(offered(list), ['main', 'short', 'scavenge', 'urgent']);
      assert.equal(list.isIncomplete, false);
      assert.equal(readFileSync(bin.file('log'), 'utf8'), 'asked\n');
    }));

  it('are not asked for before the workspace is trusted', () =>
    session({}, async (editor) => {
      assert.deepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
      const list = await complete(editor);
      assert.equal(list.isIncomplete, false);
      assert.ok(!existsSync(bin.file('log')));
      await editor.connection.sendNotification(workspaceTrusted);
      await remark(editor);
      assert.deepEqual(offered(await complete(editor)), ['main', 'short', 'scavenge', 'urgent']);
    }));

  it('are not asked for when the setting says so', () =>
    session({ trusted: true, settings: settings(false) }, async (editor) => {
      assert.deepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
      await complete(editor);
      assert.ok(!existsSync(bin.file('log')));
    }));
});
