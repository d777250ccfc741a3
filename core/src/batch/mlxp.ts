/** What a job of MLXP finds in its directory and on its command line. Names and formats are those of MLXP 1.0.5. */
import { parse, YAMLParseError } from 'yaml';
import { importsOf } from '../program/imports.ts';
import { PythonSource } from '../program/source.ts';
import type { MultirunCommand } from './commands/read.ts';

/** Whether a program's text imports MLXP. */
export function importsMlxp(text: string): boolean {
  if (!text.includes('mlxp')) return false;
  return importsOf(new PythonSource(text)).some(({ module }) => module.split('.')[0] === 'mlxp');
}

const settings = [
  'mlxp.logger.forced_log_id',
  'mlxp.logger.parent_log_dir',
  'mlxp.use_scheduler',
  'mlxp.use_version_manager',
  'mlxp.interactive_mode',
] as const;

/** The overrides by which MLXP uses the directory it is given, and submits nothing itself. */
export function mlxpOverrides(logId: number, logs: string): readonly string[] {
  const values = [String(logId), hydraText(logs), 'False', 'False', 'False'];
  return settings.map((key, place) => `+${key}=${values[place] ?? ''}`);
}

/** Whether an override with this key sets what `mlxpOverrides` sets: Hydra takes no second one. */
export function isMlxpOverride(key: string): boolean {
  const plain = key.replace(/^(?:\+\+?|~)/, '');
  return settings.some((setting) => setting === plain);
}

/** The directory of logs that a command's overrides ask for. */
export function parentLogDirectoryIn({ arguments: { axes } }: MultirunCommand): string | undefined {
  const axis = axes.find(({ key, count }) => count === 1 && key?.replace(/^\+\+?/, '') === settings[1]);
  const value = axis?.parameter(0)?.[1];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What `logger.parent_log_dir` of a settings file `mlxp.yaml` says; undefined when it says nothing readable. */
export function parentLogDirectoryOf(text: string): string | undefined {
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'silent' });
  } catch (error) {
    // MLXP passes over a file it can't read, and so do we
    if (error instanceof YAMLParseError) return undefined;
    throw error;
  }
  const logger = memberOf(document, 'logger');
  const value = memberOf(logger, 'parent_log_dir');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** A text as a Hydra override holds it: quoted unless every character is plain in its grammar. */
function hydraText(text: string): string {
  if (/^[\w/.+@-]+$/.test(text) && !/^[-+.\d]/.test(text)) return text;
  return `'${text.replaceAll(/(\\*)'/g, String.raw`$1$1\'`).replace(/\\+$/, '$&$&')}'`;
}

export type MlxpStatus = 'STARTING' | 'RUNNING' | 'COMPLETE' | 'FAILED';

/** What `metadata/info.yaml` says of a job. */
export interface MlxpInfo {
  readonly status: MlxpStatus;
  /** Absolute path of the program, when it is known. */
  readonly program: string | undefined;
  readonly executable: string;
  /** Absolute paths. */
  readonly workingDirectory: string;
  readonly directory: string;
  readonly logId: number;
  /** The id that the batch system gave the job. */
  readonly schedulerJobId: string | undefined;
  readonly hostname?: string | undefined;
  readonly processId?: number | undefined;
  readonly started?: LocalTime | undefined;
  readonly ended?: LocalTime | undefined;
}

/** `21/11/2026` and `09:05:00`. */
export interface LocalTime {
  readonly date: string;
  readonly time: string;
}

/** The first line of a file that we wrote: MLXP writes its own without it. */
export const ownInfoMark = '# written by Sweepdeck';

/** Text of `metadata/info.yaml`. */
export function infoText(info: MlxpInfo): string {
  const { directory, started, ended } = info;
  const entries: readonly (readonly [string, string | number | undefined])[] = [
    ['status', info.status],
    ['current_file_path', info.program],
    ['executable', info.executable],
    ['hostname', info.hostname],
    ['process_id', info.processId],
    ['start_date', started?.date],
    ['start_time', started?.time],
    ['end_date', ended?.date],
    ['end_time', ended?.time],
    ['work_dir', info.workingDirectory],
  ];
  return [
    ownInfoMark,
    ...entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${scalar(value)}`])),
    'logger:',
    `  log_id: ${info.logId}`,
    `  log_dir: ${scalar(directory)}`,
    ...['metrics', 'metadata', 'artifacts'].map((name) => `  ${name}_dir: ${scalar(`${directory}/${name}`)}`),
    info.schedulerJobId === undefined
      ? 'scheduler: {}'
      : `scheduler:\n  scheduler_job_id: ${scalar(info.schedulerJobId)}`,
    'version_manager: {}',
    '',
  ].join('\n');
}

/** Plain where YAML reads the text back as a text. */
function scalar(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /^[A-Za-z/][\w/.+-]*$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
