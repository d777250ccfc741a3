/** The configuration of an OAR for tests: /etc/oar/oar.conf, whose comments document it, and that of its ssh. */

export interface OarLayout {
  readonly directory: string;
  readonly ports: { readonly server: number; readonly database: number; readonly ssh: number };
}

/** Nobody reaches the database but through loopback, and it holds nothing. */
export const databasePassword = 'oar';

/** Variables by which OAR's parts on a node know for whom they run. */
const jobVariables = 'OAR_CPUSET OAR_USER_CPUSET OAR_USER_GPUDEVICE OAR_JOB_USER';

/** The configuration `shipped` with what tests need; a key that is there only as a comment, or not at all, is added. */
export function oarConf(shipped: string, { directory, ports }: OarLayout): string {
  const settings: Readonly<Record<string, string | number>> = {
    DB_HOSTNAME: '127.0.0.1',
    DB_PORT: ports.database,
    DB_BASE_PASSWD: databasePassword,
    DB_BASE_PASSWD_RO: databasePassword,
    SERVER_HOSTNAME: '127.0.0.1',
    SERVER_PORT: ports.server,
    // where a node keeps what it needs to know of its jobs, whose ids begin with 1 each time
    OAR_RUNTIME_DIRECTORY: `${directory}/runtime`,
    LOG_FILE: `${directory}/log/oar.log`,
    LOG_LEVEL: 2,
    OPENSSH_CMD: `/usr/bin/ssh -F ${directory}/ssh/config -e none`,
    // no look at the nodes from time to time
    FINAUD_FREQUENCY: 0,
    SCHEDULER_FAIRSHARING_MAX_JOB_PER_USER: 1000,
    SCHEDULER_JOB_SECURITY_TIME: 1,
    // 5 s otherwise, which makes every job wait for 10
    SCHEDULER_MIN_TIME_BETWEEN_2_CALLS: 0,
  };
  // Without these a job has no control group of its own, which needs rights that a container doesn't give.
  const dropped = ['JOB_RESOURCE_MANAGER_PROPERTY_DB_FIELD', 'JOB_RESOURCE_MANAGER_FILE', 'CPUSET_PATH'];
  const ours = new Set([...Object.keys(settings), ...dropped]);
  const kept = shipped.split('\n').filter((line) => !ours.has(line.split('=', 1)[0] ?? ''));
  const added = Object.entries(settings).map(([key, value]) => `${key}="${value}"`);
  return [...kept, ...added, ''].join('\n');
}

/** ssh_config(5): the nodes n1, n2 ... are this machine. */
export const sshConfig = ({ directory, ports }: OarLayout): string =>
  [
    'Host n*',
    '  HostName 127.0.0.1',
    'Host *',
    `  Port ${ports.ssh}`,
    `  IdentityFile ${directory}/ssh/key`,
    '  IdentitiesOnly yes',
    '  StrictHostKeyChecking no',
    '  UserKnownHostsFile /dev/null',
    '  LogLevel ERROR',
    '  PasswordAuthentication no',
    `  SendEnv ${jobVariables}`,
    '',
  ].join('\n');

/** sshd(8), the key's line: what OAR starts on a node goes its own ways, and is found by its environment. */
export const authorizedKey = ({ directory }: OarLayout, key: string): string =>
  `environment="OAR_KEY=1",environment="SWEEPDECK_TEST_SYSTEM=${directory}" ${key}`;

/** sshd_config(5), for the account `oar` only. */
export const sshdConfig = ({ directory, ports }: OarLayout): string =>
  [
    `Port ${ports.ssh}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/ssh/host-key`,
    'PidFile none',
    'AllowUsers oar',
    `AuthorizedKeysFile ${directory}/ssh/authorized-keys`,
    'PasswordAuthentication no',
    'PermitRootLogin no',
    'PermitUserEnvironment yes',
    'MaxStartups 1024',
    'UsePAM no',
    // the keys lie below /tmp, to which everybody can write
    'StrictModes no',
    `AcceptEnv ${jobVariables}`,
    '',
  ].join('\n');
