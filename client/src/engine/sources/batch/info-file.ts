/**
 * Keeps `metadata/info.yaml` of a job as long as the file is ours. A program that uses MLXP writes its own when
 * it starts, and that one is never touched.
 */
import fs from 'node:fs';
import path from 'node:path';
import { infoText, type LocalTime, type MlxpInfo, type MlxpStatus, ownInfoMark } from '#core/batch/mlxp.ts';
import { errorCode, StorageError, writeFileAtomicallySync } from '../../atomic-file.ts';
import type { JobStateName } from '../../events.ts';
import { nativeIdOf } from '../../native-state.ts';
import type { JobState } from '../../sweep-state.ts';

const STATUS: Readonly<Record<JobStateName, MlxpStatus>> = {
  queued: 'STARTING',
  submitted: 'STARTING',
  running: 'RUNNING',
  done: 'COMPLETE',
  failed: 'FAILED',
  cancelled: 'FAILED',
  pruned: 'FAILED',
  lost: 'FAILED',
};

export function infoFile(directory: string): string {
  return path.join(directory, 'metadata', 'info.yaml');
}

/** Writes down how the job stands now. What can't be written is left: the journal says it all. */
export function followInfo(info: MlxpInfo, job: JobState): void {
  const file = infoFile(info.directory);
  const text = infoText({
    ...info,
    status: STATUS[job.state],
    schedulerJobId: job.native === undefined ? undefined : nativeIdOf(job.native),
    hostname: job.host,
    processId: job.pid,
    started: localTime(job.startedAt),
    ended: localTime(job.endedAt),
  });
  try {
    const before = fs.readFileSync(file, 'utf8');
    if (before.startsWith(ownInfoMark) && before !== text) writeFileAtomicallySync(file, text);
  } catch (error) {
    if (!(error instanceof StorageError) && errorCode(error) === undefined) throw error;
  }
}

function localTime(milliseconds: number | undefined): LocalTime | undefined {
  if (milliseconds === undefined) return undefined;
  const at = new Date(milliseconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  return {
    date: `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
  };
}
