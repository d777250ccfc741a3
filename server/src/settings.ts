/** The settings `sweepdeck.*` that the server reads. */
import { queueNames } from '#core/batch/queue-names.ts';
import type { Problem } from '#core/text.ts';

export interface ServerSettings {
  /** `false`: the document's problems are not shown. They still keep it from being launched. */
  readonly diagnosticsEnabled: boolean;
  /** Codes of warnings and information that are not shown. */
  readonly disabledRules: ReadonlySet<string>;
  readonly inlayHintsEnabled: boolean;
  readonly codeLensEnabled: boolean;
  /** Whether the program of a sweep file is read for the options it declares. */
  readonly readsProgram: boolean;
  /** Whether the batch system's own commands are asked for the names of its partitions, queues and so on. */
  readonly asksBatchSystem: boolean;
  /** Names that `launch.queue` may have; undefined: the editor didn't tell, so nobody knows. */
  readonly queues?: readonly string[];
}

export const defaultSettings: ServerSettings = {
  diagnosticsEnabled: true,
  disabledRules: new Set(),
  inlayHintsEnabled: true,
  codeLensEnabled: true,
  readsProgram: true,
  asksBatchSystem: true,
};

/** Takes from the editor's answer what is there and makes sense; the default stands for the rest. */
export function readSettings(section: unknown): ServerSettings {
  const queues = property(section, 'queues');
  const rules = property(property(section, 'validation'), 'disabledRules');
  return {
    diagnosticsEnabled: property(property(section, 'diagnostics'), 'enabled') !== false,
    disabledRules: new Set(
      Array.isArray(rules) ? rules.filter((rule): rule is string => typeof rule === 'string') : [],
    ),
    inlayHintsEnabled: property(property(section, 'inlayHints'), 'enabled') !== false,
    codeLensEnabled: property(property(section, 'codeLens'), 'enabled') !== false,
    readsProgram: property(property(section, 'program'), 'read') !== false,
    asksBatchSystem: property(property(section, 'batchScripts'), 'liveNames') !== false,
    queues: queueNames(typeof queues === 'object' && queues !== null ? Object.keys(queues) : []),
  };
}

/** The problems that the settings let through. Errors keep a file from being launched, so they always show. */
export function shownProblems(problems: readonly Problem[], settings: ServerSettings): readonly Problem[] {
  if (!settings.diagnosticsEnabled) return [];
  return problems.filter(({ severity, code }) => severity === 'error' || !settings.disabledRules.has(code));
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
