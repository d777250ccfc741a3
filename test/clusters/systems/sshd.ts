/** A real sshd on loopback with keys of its own, and an `ssh` that knows its way there. Nobody's ~/.ssh is read. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { freePorts, plainEnvironment, root, SystemHome, type Daemon } from './home.ts';

export interface RunningSshd {
  /** The name by which `ssh` reaches this machine. */
  readonly host: string;
  /** A folder for the front of a PATH: its `ssh` is the system's, with the configuration of this one. */
  readonly programs: string;
  /** Ends it: connections are refused. */
  stopListening(): Promise<void>;
  startListening(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts it for root, with whom it lets in by key only.
 * @param environment variables that sessions begin with
 */
export function startSshd(environment: Readonly<Record<string, string>>): Promise<RunningSshd> {
  return new SystemHome('sshd').startup((home) => startIn(home, environment));
}

const host = 'login.test';

async function startIn(
  home: SystemHome,
  environment: Readonly<Record<string, string>>,
): Promise<RunningSshd> {
  const [port = 0] = await freePorts(1);
  for (const name of ['key', 'host-key'])
    await home.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', home.path(name)], {});
  const variables = Object.entries(environment).map(([name, value]) => `environment="${name}=${value}"`);
  const key = readFileSync(home.path('key.pub'), 'utf8');
  const line = variables.length === 0 ? key : `${variables.join(',')} ${key}`;
  writeFileSync(home.path('authorized-keys'), line);
  writeFileSync(home.path('sshd_config'), sshdConfig(home, port));
  writeFileSync(home.path('config'), sshConfig(home, port));
  mkdirSync(home.path('programs'));
  writeFileSync(home.path('programs/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${home.path('config')}' "$@"\n`);
  chmodSync(home.path('programs/ssh'), 0o755);
  mkdirSync('/run/sshd', { recursive: true });

  const PATH = [home.path('programs'), plainEnvironment.PATH].join(delimiter);
  const listen = async (): Promise<Daemon> => {
    // sshd wants to be called by its path
    const daemon = home.start('sshd', ['/usr/sbin/sshd', '-D', '-e', '-f', home.path('sshd_config')], {
      environment: plainEnvironment,
    });
    await home.until('sshd lets root in', 30, async () => {
      if (!daemon.lives()) throw new Error('sshd ended.');
      return (await home.run(['ssh', host, 'true'], { PATH }, { account: root })).code === 0;
    });
    return daemon;
  };
  let daemon = await listen();
  return {
    host,
    programs: home.path('programs'),
    stopListening: () => daemon.stop('SIGTERM', 5),
    startListening: async () => {
      daemon = await listen();
    },
    stop: () => home.clear(),
  };
}

/** ssh_config(5). */
const sshConfig = (home: SystemHome, port: number): string =>
  [
    `Host ${host}`,
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    '  User root',
    `  IdentityFile ${home.path('key')}`,
    '  IdentitiesOnly yes',
    '  StrictHostKeyChecking no',
    '  UserKnownHostsFile /dev/null',
    '  LogLevel ERROR',
    '',
  ].join('\n');

/** sshd_config(5), for root only. */
const sshdConfig = (home: SystemHome, port: number): string =>
  [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${home.path('host-key')}`,
    'PidFile none',
    'AllowUsers root',
    `AuthorizedKeysFile ${home.path('authorized-keys')}`,
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'PermitUserEnvironment yes',
    'UsePAM no',
    // the keys lie below /tmp, to which everybody can write
    'StrictModes no',
    '',
  ].join('\n');
