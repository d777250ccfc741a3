/** The configuration files of a Slurm cluster for tests: slurm.conf(5), slurmdbd.conf(5), cgroup.conf(5). */

export interface SlurmLayout {
  readonly directory: string;
  readonly ports: {
    readonly slurmctld: number;
    readonly slurmd: number;
    readonly slurmdbd: number;
    readonly nodes: readonly number[];
  };
  readonly cpusPerNode: number;
  readonly extraLines: readonly string[];
}

/** What the preload library calls this machine. */
const host = 'localhost';

export const clusterName = 'sweepdeck';

const settings = (table: Readonly<Record<string, string | number>>): string =>
  Object.entries(table)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

export const nodeName = (index: number): string => `n${index + 1}`;

export function slurmConf({ directory, ports, cpusPerNode, extraLines }: SlurmLayout): string {
  const socket = `${directory}/munge/socket`;
  const nodes = ports.nodes.map(
    (port, index) =>
      `NodeName=${nodeName(index)} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=${cpusPerNode} ` +
      `Boards=1 SocketsPerBoard=1 CoresPerSocket=${cpusPerNode} ThreadsPerCore=1 ` +
      `RealMemory=${cpusPerNode * 500} State=UNKNOWN\n`,
  );
  const partitions = [
    'PartitionName=main Nodes=ALL Default=YES MaxTime=1-00:00:00 DefaultTime=10:00 PreemptMode=OFF State=UP\n',
    'PartitionName=short Nodes=n1 MaxTime=5 DefaultTime=1 PreemptMode=OFF State=UP\n',
    'PartitionName=scavenge Nodes=n2 PriorityTier=1 PreemptMode=REQUEUE State=UP\n',
    'PartitionName=urgent Nodes=n2 PriorityTier=10 PreemptMode=OFF State=UP\n',
  ];
  return [
    settings({
      ClusterName: clusterName,
      SlurmctldHost: `${host}(127.0.0.1)`,
      SlurmUser: 'root',
      SlurmdUser: 'root',
      SlurmctldPort: ports.slurmctld,
      SlurmdPort: ports.slurmd,
      AuthType: 'auth/munge',
      AuthInfo: `socket=${socket}`,
      CommunicationParameters: 'NoInAddrAny,NoCtldInAddrAny',
      StateSaveLocation: `${directory}/state`,
      SlurmdSpoolDir: `${directory}/spool.%n`,
      SlurmctldPidFile: `${directory}/slurmctld.pid`,
      SlurmdPidFile: `${directory}/slurmd.%n.pid`,
      SlurmctldLogFile: `${directory}/log/slurmctld.log`,
      SlurmdLogFile: `${directory}/log/slurmd.%n.log`,
      SwitchType: 'switch/none',
      MpiDefault: 'none',
      ProctrackType: 'proctrack/linuxproc',
      TaskPlugin: 'task/none',
      SelectType: 'select/cons_tres',
      SelectTypeParameters: 'CR_Core_Memory',
      // the nodes claim more CPUs and memory than the machine has
      SlurmdParameters: 'config_overrides',
      SlurmctldParameters: 'node_reg_mem_percent=1',
      ReturnToService: 1,
      PreemptType: 'preempt/partition_prio',
      PreemptMode: 'REQUEUE',
      JobAcctGatherType: 'jobacct_gather/linux',
      // each running job looks through all of /proc this often (seconds)
      JobAcctGatherFrequency: 'task=3',
      JobAcctGatherParams: 'OverMemoryKill',
      // AuthInfo is not used for the connection to slurmdbd
      AccountingStorageType: 'accounting_storage/slurmdbd',
      AccountingStorageHost: '127.0.0.1',
      AccountingStoragePort: ports.slurmdbd,
      AccountingStoragePass: socket,
      SchedulerType: 'sched/backfill',
      SchedulerParameters:
        'bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0,defer_batch=0',
      MaxArraySize: 10001,
      MaxJobCount: 20000,
      MinJobAge: 300,
      InactiveLimit: 0,
      KillWait: 2,
      SlurmctldTimeout: 10,
      SlurmdTimeout: 10,
      MessageTimeout: 10,
      DefMemPerCPU: 20,
    }),
    ...nodes,
    ...partitions,
    ...extraLines.map((line) => `${line}\n`),
  ].join('');
}

export const slurmdbdConf = ({ directory, ports }: SlurmLayout): string =>
  settings({
    AuthType: 'auth/munge',
    AuthInfo: `socket=${directory}/munge/socket`,
    DbdHost: 'localhost',
    DbdAddr: '127.0.0.1',
    DbdPort: ports.slurmdbd,
    SlurmUser: 'root',
    LogFile: `${directory}/log/slurmdbd.log`,
    PidFile: `${directory}/slurmdbd.pid`,
    StorageType: 'accounting_storage/mysql',
    StorageHost: 'localhost',
    StorageUser: 'slurm',
    StoragePass: 'slurm',
    StorageLoc: 'slurm_acct_db',
    CommitDelay: 1,
    CommunicationParameters: 'NoInAddrAny',
  });

/** Nothing uses control groups, but slurmd 22.05 loads a plugin for them and its automatic choice fails without systemd. */
export const cgroupConf = 'CgroupPlugin=cgroup/v1\n';
