/** Slurm's job states, and the reasons why a job waits (squeue(1), "JOB STATE CODES" and "JOB REASON CODES"). */
import type { JobReason } from '../../../events.ts';
import type { NativeEnd, NativeStage } from '../batch-system.ts';

export interface SlurmState {
  readonly stage: NativeStage;
  readonly reason?: JobReason;
  readonly stuck?: true;
  readonly detail?: string;
  readonly end?: NativeEnd;
}

const ended = (outcome: NativeEnd['outcome'], reason?: JobReason): SlurmState => ({
  stage: 'ended',
  end: { outcome, ...(reason && { reason }) },
});
const heldBack = (detail: string): SlurmState => ({ stage: 'waiting', reason: 'held', stuck: true, detail });

export const slurmStates: ReadonlyMap<string, SlurmState> = new Map<string, SlurmState>([
  ['PENDING', { stage: 'waiting', reason: 'pending' }],
  ['CONFIGURING', { stage: 'running', reason: 'starting' }],
  ['REQUEUED', { stage: 'requeued', reason: 'requeued-by-system' }],
  ['REQUEUE_FED', { stage: 'requeued', reason: 'requeued-by-system' }],
  ['REQUEUE_HOLD', heldBack('Was requeued and is held; release it to let it run.')],
  ['SPECIAL_EXIT', heldBack('Ended with a special exit code, was requeued and is held.')],
  ['RESV_DEL_HOLD', heldBack('Is held because its reservation was deleted.')],
  ['RUNNING', { stage: 'running' }],
  ['RESIZING', { stage: 'running' }],
  ['SIGNALING', { stage: 'running' }],
  ['COMPLETING', { stage: 'running', reason: 'finishing' }],
  ['STAGE_OUT', { stage: 'running', reason: 'finishing' }],
  ['SUSPENDED', { stage: 'running', reason: 'suspended' }],
  ['STOPPED', { stage: 'running', reason: 'suspended' }],
  ['COMPLETED', ended('done')],
  ['FAILED', ended('failed')],
  ['TIMEOUT', ended('failed', 'timeout')],
  ['DEADLINE', ended('failed', 'timeout')],
  ['OUT_OF_MEMORY', ended('failed', 'out-of-memory')],
  ['NODE_FAIL', ended('failed', 'node-failure')],
  ['BOOT_FAIL', ended('failed', 'launch-failure')],
  ['LAUNCH_FAILED', ended('failed', 'launch-failure')],
  ['RECONFIG_FAIL', ended('failed', 'launch-failure')],
  ['PREEMPTED', ended('failed', 'preempted')],
  ['CANCELLED', ended('cancelled')],
  ['REVOKED', ended('cancelled')],
]);

interface WaitReason {
  readonly reason: JobReason;
  readonly sentence: string;
  readonly stuck?: true;
}

const turn = (sentence: string, reason: JobReason = 'pending'): WaitReason => ({ reason, sentence });
const stuck = (sentence: string, reason: JobReason): WaitReason => ({ reason, sentence, stuck: true });
const impossible = (sentence: string): WaitReason => stuck(sentence, 'limit');

const waitReasons: ReadonlyMap<string, WaitReason> = new Map([
  ['None', turn('Waits to be looked at by the scheduler.')],
  ['Resources', turn('Is next, and waits for resources to become free.')],
  ['Priority', turn('Waits behind jobs of higher priority.')],
  ['JobArrayTaskLimit', turn('Waits because as many tasks of its array run as may run at once.', 'limit')],
  ['Licenses', turn('Waits for a licence.')],
  ['Reservation', turn('Waits for its reservation to begin.')],
  ['BeginTime', turn('Waits until its begin time, which may be the pause after a requeue.', 'begin-time')],
  ['Dependency', turn('Waits for other jobs to end.', 'dependency')],
  ['Cleaning', turn('Was requeued, and its earlier run is being cleaned up.')],
  ['ReqNodeNotAvail', turn('Needs machines that are down, drained or reserved.')],
  ['NodeDown', turn('Needs a machine that is down.')],
  ['PartitionDown', turn('Its partition is down.')],
  ['PartitionInactive', turn('Its partition takes no jobs at the moment.')],
  ['FrontEndDown', turn('No front end node is there to run it.')],
  [
    'DependencyNeverSatisfied',
    stuck('A job that it depends on ended otherwise than asked for.', 'dependency-never-satisfied'),
  ],
  ['JobHeldUser', stuck('Is held; release it to let it run.', 'held')],
  ['JobHeldAdmin', stuck('Is held by an administrator.', 'held')],
  ['job requeued in held state', stuck('Was requeued and is held; release it to let it run.', 'held')],
  [
    'launch failed requeued held',
    stuck('Could not be started, was requeued and is held; release it to try again.', 'held'),
  ],
  ['PartitionTimeLimit', impossible('Asks for more time than its partition allows.')],
  ['PartitionNodeLimit', impossible('Asks for a number of nodes that its partition does not allow.')],
  ['PartitionConfig', impossible('Asks for something that its partition can never give.')],
  ['BadConstraints', impossible('Asks for features that no machine has.')],
  ['InvalidAccount', impossible('Its account is not valid.')],
  ['InvalidQOS', impossible('Its quality of service is not valid.')],
  ['AccountNotAllowed', impossible('Its account may not use this partition.')],
  ['QOSNotAllowed', impossible('Its quality of service may not be used in this partition or account.')],
]);

/** Why a pending job waits. `word` as squeue's `%r` prints it; a word that we don't know is shown as it is. */
export function waitReason(word: string): SlurmState {
  // newer versions append to the word: `ReqNodeNotAvail, UnavailableNodes:n1`; others differ in blanks and underscores
  const [first = word] = word.split(',', 1);
  const known =
    waitReasons.get(first) ??
    waitReasons.get(first.replaceAll('_', ' ')) ??
    (/^(QOS|Assoc|Max|Grp)/.test(first)
      ? turn('Waits because of a limit of its account, user or quality of service.', 'limit')
      : undefined);
  if (known === undefined)
    return { stage: 'waiting', reason: 'pending', ...(word !== '' && { detail: word }) };
  const { reason, sentence, stuck: isStuck } = known;
  return {
    stage: 'waiting',
    reason,
    detail: word === 'None' ? sentence : `${sentence} (${word})`,
    ...(isStuck && { stuck: true }),
  };
}
