/** Which parameters a training program takes, as far as reading its text can tell. */
import { readAbsl } from './absl.ts';
import { readArgparse } from './argparse.ts';
import { readClick } from './click.ts';
import { readSweepdeckParams, readWandbConfig } from './config-reads.ts';
import { readFire, readTyper } from './functions.ts';
import { readHydra } from './hydra.ts';
import { importsOf } from './imports.ts';
import {
  unknownProgram,
  type FoundOptions,
  type ProgramFiles,
  type ProgramOption,
  type ProgramOptions,
} from './options.ts';
import { PythonSource } from './source.ts';

type Reader = (source: PythonSource, files: ProgramFiles | undefined) => FoundOptions | undefined;

/** Ways of reading the command line: a program has one of them, or does something that can't be judged. */
const commandLine: readonly Reader[] = [readArgparse, readClick, readTyper, readAbsl, readFire, readHydra];
/** Ways of reading a configuration: beside a command line, or instead of one. */
const configuration: readonly Reader[] = [readWandbConfig, readSweepdeckParams];

/** Packages that read the command line in ways that aren't read here. */
const unread: ReadonlySet<string> = new Set(
  (
    'absl cappa clize configargparse cyclopts datargs defopt docopt docopt_ng draccus environ_config fire gin getopt hydra_zen ' +
    'jsonargparse lightning_cli ml_collections mmengine optparse plac pyrallis sacred simple_parsing spock tap tyro chz ' +
    'eztils cyclopts argh invoke cleo sklearn_genetic'
  ).split(' '),
);
const unreadNames: readonly string[] = [
  'HfArgumentParser',
  'LightningCLI',
  'from_cli',
  'getopt',
  'OptionParser',
];

/**
 * The options that a program in Python declares. `files` gives the files beside it: configurations, and
 * imported modules. Nothing is run, and nothing is taken for certain that isn't: then the result is open.
 * Never throws.
 */
export function readProgram(text: string, files?: ProgramFiles): ProgramOptions {
  const source = new PythonSource(text);
  const lines = found(commandLine, source, files);
  const configs = found(configuration, source, files);
  const [main] = lines.length > 0 ? lines : configs;
  if (!main) return unknownProgram;
  const closed =
    main.closed &&
    lines.length <= 1 &&
    (lines.length > 0 || configs.every((one) => one.closed)) &&
    !source.broken &&
    !isReadElsewhere(source, main);
  return {
    style: main.style,
    options: united([...lines, ...configs].map(({ options }) => options)),
    closed,
    abbreviations: main.abbreviations === true,
  };
}

function found(
  readers: readonly Reader[],
  source: PythonSource,
  files: ProgramFiles | undefined,
): readonly FoundOptions[] {
  return readers.flatMap((read) => read(source, files) ?? []);
}

function isReadElsewhere(source: PythonSource, { style }: FoundOptions): boolean {
  if (unreadNames.some((name) => source.occurrences(name).length > 0)) return true;
  const others = style === 'wandb-config' || style === 'sweepdeck';
  return importsOf(source).some(({ module }) => {
    const [top = ''] = module.split('.');
    // a configuration may be fed from a command line that is read by hand
    return unread.has(top) || (others && source.occurrences('argv').length > 0);
  });
}

/** Each name once; what the command line says of it comes first. */
function united(lists: readonly (readonly ProgramOption[])[]): readonly ProgramOption[] {
  const options = new Map<string, ProgramOption>();
  const spelled = new Set<string>();
  for (const list of lists) {
    for (const option of list) {
      if (options.has(option.name) || spelled.has(option.name)) continue;
      options.set(option.name, option);
      for (const alias of option.aliases) spelled.add(alias.replace(/^--/, ''));
    }
  }
  return [...options.values()];
}
