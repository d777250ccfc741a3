import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  compareProcessTables,
  identitiesOf,
  identityOf,
  identityOfSync,
  isAlive,
  isAliveSync,
  type MachineIdentity,
  machineIdentity,
  parseCim,
  parseIoreg,
  parseMachineGuid,
  parsePs,
  parseStat,
} from '#engine/process-identity.ts';
import { temporaryFolder } from './disk.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'reads /proc' };

describe('the identity of a process', () => {
  it('is the same at every look and ends with the process', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const identity = await identityOf(pid);
    assert.ok(identity !== undefined);
    assert.equal(identityOfSync(pid), identity);
    assert.deepEqual([...(await identitiesOf([pid, 2 ** 30, -1, 0.5]))], [[pid, identity]]);
    assert.ok(await isAlive(pid, identity));
    assert.ok(isAliveSync(pid, identity));
    assert.ok(!(await isAlive(pid, 'another time')));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await identityOf(pid), undefined);
    assert.ok(!isAliveSync(pid, identity));
  });

  it('is found whatever the program is called', onLinux, async (t) => {
    const program = path.join(temporaryFolder(t), 'a) R 1 (b');
    fs.copyFileSync('/bin/sleep', program);
    fs.chmodSync(program, 0o755);
    const child = spawn(program, ['60'], { stdio: 'ignore' });
    t.after(() => child.kill('SIGKILL'));
    await once(child, 'spawn');
    // between fork and exec the process still has our name
    while (!fs.readFileSync(`/proc/${child.pid}/comm`, 'utf8').startsWith('a)'))
      await new Promise(setImmediate);
    assert.match((await identityOf(child.pid ?? 0)) ?? '', /^\d+$/);
  });

  it('is none for a process that is dead but not yet collected', onLinux, async (t) => {
    // the shell's child ends while the program the shell became never collects it
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    t.after(() => parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    while (!fs.readFileSync(`/proc/${zombie}/stat`, 'utf8').includes(') Z ')) await new Promise(setImmediate);
    assert.equal(await identityOf(zombie), undefined);
  });

  it('is read from /proc/<pid>/stat', () => {
    const rest = 'S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 424242 20 21';
    assert.equal(parseStat(`12 (node) ${rest}`), '424242');
    assert.equal(parseStat(`12 (a) S 9 (b)) ${rest}`), '424242');
    assert.equal(parseStat(`12 (node) ${rest.replace('S', 'Z')}`), undefined);
    assert.equal(parseStat(`12 (node) ${rest.replace('S', 'X')}`), undefined);
    assert.equal(parseStat(''), undefined);
  });

  it('is read from ps on macOS', () => {
    const stdout = '  501 Ss   Mon Jan  5 10:11:12 2026\n77002 Z+   Mon Jan  5 10:11:13 2026\n\n';
    assert.deepEqual([...parsePs(stdout)], [[501, 'Mon Jan 5 10:11:12 2026']]);
    assert.deepEqual([...parsePs('')], []);
  });

  it('is read from PowerShell on Windows', () => {
    const stdout = '4711 2026-01-05T10:11:12.1234567Z\r\nrubbish\r\n12 2026-01-05T10:11:13.0000000Z\r\n';
    assert.deepEqual(
      [...parseCim(stdout)],
      [
        [4711, '2026-01-05T10:11:12.1234567Z'],
        [12, '2026-01-05T10:11:13.0000000Z'],
      ],
    );
  });
});

describe('the identity of a machine', () => {
  it('stays the same and says where pids are valid', onLinux, async () => {
    const machine = await machineIdentity();
    assert.equal(await machineIdentity(), machine);
    assert.match(machine.boot ?? '', /^[0-9a-f-]{36}$/);
    assert.match(machine.pidNamespace ?? '', /^pid:\[\d+\]$/);
    assert.equal(compareProcessTables(machine, machine), 'same');
  });

  it('is read from ioreg on macOS and from the registry on Windows', () => {
    assert.equal(parseIoreg('  | {\n  "IOPlatformUUID" = "0F-1"\n "x" = "y"\n'), '0F-1');
    assert.equal(parseIoreg(''), '');
    assert.equal(parseMachineGuid('\r\nHKEY...\r\n    MachineGuid    REG_SZ    ab-cd\r\n'), 'ab-cd');
    assert.equal(parseMachineGuid(''), '');
  });

  const linux: MachineIdentity = { host: 'a', machine: 'm', boot: 'b', pidNamespace: 'pid:[4026531836]' };
  const windows: MachineIdentity = { host: 'a', machine: 'm' };
  const cases: readonly (readonly [string, MachineIdentity, MachineIdentity, string])[] = [
    ['the same', linux, linux, 'same'],
    ['started anew', { ...linux, boot: 'earlier' }, linux, 'rebooted'],
    ['another host', { ...linux, host: 'c' }, linux, 'elsewhere'],
    ['another host of that name', { ...linux, machine: 'n', boot: 'c' }, linux, 'elsewhere'],
    ['a container on this host', { ...linux, pidNamespace: 'pid:[4026532001]' }, linux, 'elsewhere'],
    [
      'a container, perhaps copied, of another boot',
      { ...linux, pidNamespace: 'pid:[4026532001]', boot: 'c' },
      { ...linux, pidNamespace: 'pid:[4026532001]' },
      'elsewhere',
    ],
    ['a machine that has no id', { host: 'a', boot: 'c' }, { host: 'a', boot: 'b' }, 'elsewhere'],
    ['the same where there are no boot ids', windows, windows, 'same'],
    ['another one where there are no boot ids', { ...windows, machine: 'n' }, windows, 'elsewhere'],
  ];
  for (const [what, theirs, ours, expected] of cases) {
    it(`tells ${what}: ${expected}`, () => assert.equal(compareProcessTables(theirs, ours), expected));
  }
});
