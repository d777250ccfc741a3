/** What the macros of a command stand for, in words. */
import { macroNamed, macros } from '#core/sweep/command.ts';

const descriptions: Readonly<Record<string, string>> = {
  env: '`/usr/bin/env`, which finds the next item on the `PATH`; nothing on Windows.',
  interpreter: 'The Python that is selected or set for sweeps; `python` by default.',
  program: 'The `program` of this file.',
  args: 'Every parameter as `--name=value`, an argument each.',
  args_no_equals: 'Every parameter as two arguments: `--name` and `value`.',
  args_no_hyphens: 'Every parameter as `name=value`.',
  args_no_boolean_flags: 'As `${args}`, but `--name` alone for true, and nothing for false.',
  args_append_hydra: 'Every parameter as `+name=value`, which Hydra adds to its configuration.',
  args_override_hydra: 'Every parameter as `++name=value`, which Hydra adds or overrides.',
  args_json: 'All parameters as one argument, a JSON object.',
  args_json_file: 'The path of a file with all parameters as a JSON object.',
  sweep_id: 'The id of the sweep.',
  run_id: 'The id of the job.',
  job_dir: 'The directory of the job: logs, metrics and results are there.',
};

/** One sentence or two on the macro; undefined for a parameter's name, or one that is not known. */
export function macroDescription(name: string): string | undefined {
  if (name.startsWith('envvar:')) return 'The environment variable of that name, where the job runs.';
  return Object.hasOwn(descriptions, name) ? descriptions[name] : undefined;
}

/** All macros in the order in which commands use them. */
export const macroNames: readonly string[] = [
  ...Object.keys(descriptions).filter((name) => macroNamed(name) !== undefined),
  ...Object.keys(macros).filter((name) => !Object.hasOwn(descriptions, name)),
];
