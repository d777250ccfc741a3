/** A sweep made from a batch script: its frozen copy is `script.sh`, job n lies in MLXP's `logs/<log id>`. */
import fs from 'node:fs';
import path from 'node:path';
import { jobAt } from '#core/batch/commands/jobs.ts';
import { infoText } from '#core/batch/mlxp.ts';
import type { Parameters } from '#core/value.ts';
import { makeFolderSync, storageError, writeFileAtomicallySync } from '../atomic-file.ts';
import { writeJobDirectory } from '../job-directory.ts';
import { MLXP_LOGS } from '../job-environment.ts';
import { MlxpMetrics } from '../metrics/mlxp-metrics.ts';
import { pathsIn } from '../sweep-folder.ts';
import { type FrozenSubmission, openFrozen, readFrozen } from './batch/frozen.ts';
import { followInfo, infoFile } from './batch/info-file.ts';
import { jobName, renderJob, scriptIn } from './batch/job.ts';
import { logIdAt } from './log-ids.ts';
import type { OpenSource, SweepPlace, SweepSource } from './source.ts';

export function batchScriptSource(place: SweepPlace): SweepSource {
  let read: FrozenSubmission | undefined;
  const frozen = (): FrozenSubmission => (read ??= readFrozen(place.directory));
  const directoryOf = (job: number): string => path.join(frozen().logs, String(logIdAt(frozen().ids, job)));
  return {
    frozenFile: pathsIn(place.directory).script,
    logs: MLXP_LOGS,
    jobDirectory: directoryOf,
    metricsReader: (job) => new MlxpMetrics(directoryOf(job)),
    open: () => openScript(place, frozen()),
  };
}

function openScript(place: SweepPlace, { ids }: FrozenSubmission): OpenSource {
  const submitted = openFrozen(place);
  const { script, target } = submitted;
  const total = Number(script.count);
  const parametersAt = (index: number): Parameters | undefined =>
    index < total ? jobAt(script, BigInt(index)).parameters : undefined;
  return {
    scheduler: {
      total,
      ask: (index) => parametersAt(index) ?? 'exhausted',
      tell: () => undefined,
      peek: parametersAt,
    },
    concurrency: undefined,
    write(index, attempt, _parameters, { pythonPath }) {
      const job = renderJob(submitted, { index, logId: logIdAt(ids, index), attempt }, pythonPath);
      writeInfo(job.directory, infoText(job.info));
      writeJobDirectory(job.directory, job.description, { script: job.options });
    },
    ...(target.kind === 'local'
      ? {}
      : {
          prepared(index: number, attempt: number) {
            const logId = logIdAt(ids, index);
            return {
              script: scriptIn(path.join(submitted.logs, String(logId))),
              directory: submitted.workingDirectory,
              name: jobName(submitted, { logId, attempt }, target.adapter.longestName),
            };
          },
        }),
    follow(job) {
      const { index, attempt, state } = job;
      // a program that uses MLXP writes the file itself now
      if (state === 'running' && submitted.programs.usesMlxp(jobAt(script, BigInt(index)).program)) return;
      followInfo(renderJob(submitted, { index, logId: logIdAt(ids, index), attempt }, '').info, job);
    },
  };
}

function writeInfo(directory: string, text: string): void {
  const file = infoFile(directory);
  try {
    makeFolderSync(path.dirname(file), { parents: 2 });
    if (fs.existsSync(file)) writeFileAtomicallySync(file, text);
    else fs.writeFileSync(file, text);
  } catch (error) {
    throw storageError('write', file, error);
  }
}
