/** Which native job began an attempt, where a submission was made twice: what the claim in the job's directory tells. */
import { readClaim } from '../../job-directory.ts';
import type { Tracked } from './batch.ts';
import { submissionTag } from './batch-files.ts';
import type { NativeId } from './batch-system.ts';

/** What stands for the submission in the claim of a script that was written for a single one. */
const AS_IT_IS = '1';

/**
 * The native job that began the attempt; undefined: nobody (yet), or the one that is watched.
 * @throws StorageError when the claim can't be read.
 */
export function claimantOf({ job, attempt, native }: Tracked): NativeId | undefined {
  const claim = readClaim(job.directory, attempt);
  const known = native?.id ?? native?.base;
  if (claim === undefined || claim === 'unfinished' || claim.nativeId === undefined) return undefined;
  if (known === undefined || numberOf(claim.nativeId) === numberOf(known)) return undefined;
  return otherNative(native, claim.nativeId);
}

/**
 * Whether the claim is of another submission than the one that is watched, whatever the ids are.
 * @throws StorageError when the claim can't be read.
 */
export function isOthers({ job, attempt, batch }: Tracked): boolean {
  const claim = readClaim(job.directory, attempt);
  if (batch === undefined || claim === undefined || claim === 'unfinished') return false;
  if (claim.submission === undefined || claim.submission === submissionTag(batch)) return false;
  // a script that is submitted as it is has no word of its submission's
  return job.prepared === undefined || claim.submission !== AS_IT_IS;
}

/** The same task of another array where the id in a claim is the array's (Grid Engine). */
export function otherNative(native: NativeId | undefined, id: string): NativeId {
  const { task } = native ?? {};
  return task === undefined || native?.id !== undefined || !/^\d+$/.test(id)
    ? { base: id, id }
    : { base: id, task };
}

const numberOf = (id: string): string => /^\d+/.exec(id)?.[0] ?? id;
