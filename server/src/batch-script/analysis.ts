import { readBatchScript, type BatchScript } from '#core/batch/read.ts';
import type { SiteNames } from '#core/batch/site-names.ts';
import type { System } from '#core/batch/systems.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import { ScriptCommands } from './commands.ts';

/** A batch script, read once for all features. Of other scripts only the lines are looked at. */
export interface BatchAnalysis extends BatchScript {
  /** Names that the batch system here knows. */
  readonly siteNames: (system: System, kind: string) => SiteNames;
  /** Its Python commands and what jobs they make. */
  readonly commands: ScriptCommands;
}

export function analyse(text: string, surroundings: Surroundings): BatchAnalysis {
  const batch = readBatchScript(text, surroundings);
  return {
    ...batch,
    siteNames: (system, kind) => surroundings.siteNames?.(system, kind),
    commands: new ScriptCommands(batch, surroundings),
  };
}
