/**
 * Parameters that a program takes by reading a configuration: `wandb.config`, and the dict that
 * `sweepdeck.params()` gives.
 */
import { importsOf, usesOf, type Import } from './imports.ts';
import { constant, dictOf, literalText, type DictEntry } from './literals.ts';
import { isSilent } from './modules.ts';
import { keywordsOf, OptionList } from './option-list.ts';
import type { FoundOptions, ProgramFiles } from './options.ts';
import type { PythonSource, Stretch } from './source.ts';
import { followed, type Tracking } from './tracking.ts';
import { useOf, type Use } from './uses.ts';

/** Calls that look at a configuration and take nothing out of it. */
const bystanders: ReadonlySet<string> = new Set([
  'print',
  'pprint',
  'str',
  'repr',
  'len',
  'type',
  'isinstance',
  'hasattr',
]);

/** What reading a configuration looks like. */
abstract class ConfigReader implements Tracking {
  protected readonly source: PythonSource;
  protected readonly list: OptionList;
  protected closed = true;

  constructor(source: PythonSource) {
    this.source = source;
    this.list = new OptionList(source);
  }

  abstract attribute(use: Use & { kind: 'attribute' }, from: number): Stretch | 'escape' | undefined;

  item({ open }: Use & { kind: 'item' }): boolean {
    const stretch: Stretch = [open + 1, this.source.partner(open)];
    const name = literalText(this.source, stretch);
    if (name !== undefined) this.list.add(name, { at: stretch });
    return name !== undefined;
  }

  argument({ open }: Use & { kind: 'argument' }): boolean {
    return bystanders.has(this.source.nameAt(open - 1) ?? '');
  }

  /** In an f-string it is printed; behind `in`, a key is looked for. */
  other([from, to]: Stretch): boolean {
    const source = this.source;
    if (source.is(from - 1, 'in')) {
      const key = literalText(source, [from - 2, from - 1]);
      if (key !== undefined) this.list.add(key, { at: [from - 2, from - 1] });
      return key !== undefined;
    }
    return source.is(from - 1, '(') && source.is(to, ')') && source.tokens[from - 2]?.kind === 'string';
  }

  /** `.get('lr', 0.1)` */
  protected get(open: number): boolean {
    const { positional, named } = keywordsOf(this.source, open);
    const key = positional[0] ?? named.get('key');
    const name = key && literalText(this.source, key);
    if (name !== undefined)
      this.list.add(name, { at: key ?? [open, open + 1], default: positional[1] ?? named.get('default') });
    return name !== undefined;
  }

  protected addAll(entries: readonly DictEntry[]): void {
    for (const { name, key, value } of entries) this.list.add(name, { at: key, default: value });
  }
}

/** Members of a run that leave its configuration alone. */
const ofRun: ReadonlySet<string> = new Set(
  'log finish name id summary watch unwatch project entity save define_metric log_artifact use_artifact log_code alert url dir group tags notes step get_url mark_preempting job_type link_artifact resumed start_time sweep_id'.split(
    ' ',
  ),
);

class WandbReader extends ConfigReader {
  readonly #imports: readonly Import[];

  constructor(source: PythonSource, imports: readonly Import[]) {
    super(source);
    this.#imports = imports;
  }

  read(): FoundOptions | undefined {
    const { source } = this;
    const configs = usesOf(source, this.#imports, 'wandb', 'config').filter(([, to]) => !source.is(to, '('));
    const inits = usesOf(source, this.#imports, 'wandb', 'init');
    const runs = usesOf(source, this.#imports, 'wandb', 'run').map((stretch) => stretch);
    const seeds: Stretch[] = [...configs];
    for (const [from, to] of inits) {
      const close = source.is(to, '(') ? source.partner(to) : -1;
      if (close < 0) {
        this.closed = false;
        continue;
      }
      this.#init(to);
      runs.push([from, close + 1]);
    }
    const runsKnown = followed(source, runs, {
      attribute: (use, from) => {
        if (use.name === 'config') {
          seeds.push([from, use.at + 1]);
          return undefined;
        }
        return ofRun.has(use.name) ? undefined : 'escape';
      },
      item: () => false,
      argument: (use) => bystanders.has(source.nameAt(use.open - 1) ?? ''),
      // `with wandb.init():` has no name for it, `if wandb.run:` only asks
      other: ([from, to]) =>
        source.is(from - 1, 'if') ||
        source.is(from - 1, 'not') ||
        (source.is(from - 1, 'with') && source.is(to, ':')),
    });
    if (seeds.length === 0) return undefined;
    const known = followed(source, seeds, this);
    return { style: 'wandb-config', options: this.list.options, closed: this.closed && known && runsKnown };
  }

  /** `wandb.init(config={…})` */
  #init(open: number): void {
    const { source } = this;
    const keywords = keywordsOf(source, open);
    if (keywords.open) this.closed = false;
    const config = keywords.named.get('config');
    if (!config || source.written(config) === 'None') return;
    const entries = dictOf(source, config) ?? this.#localDict(config);
    if (entries) this.addAll(entries);
    // names of the configuration itself, or of the parsed command line, are looked at where they come from
    else if (!this.#isParsedOrConfig(config)) this.closed = false;
  }

  /** A dict that is made in the same function: `defaults = {…}`, then `wandb.init(config=defaults)`. */
  #localDict([from, to]: Stretch): readonly DictEntry[] | undefined {
    const { source } = this;
    const name = to - from === 1 ? source.nameAt(from) : undefined;
    if (name === undefined || constant(source, name)) return undefined;
    const [use, ...more] = source.variables(name).flatMap((at) => {
      const found = useOf(source, [at, at + 1]);
      return found.kind === 'bound' && found.by === 'assignment' ? [found.value] : [];
    });
    if (use === undefined || more.length > 0) return undefined;
    const end = source.lines[source.lineOf(use)]?.to ?? use;
    return dictOf(source, [use, end]);
  }

  #isParsedOrConfig(config: Stretch): boolean {
    const { source } = this;
    const inside = /^(?:vars\()?(\w+)\)?$/.exec(source.written(config).replace(/\.__dict__$/, ''))?.[1];
    if (inside === undefined) return false;
    return source.variables(inside).every((at) => {
      const use = useOf(source, [at, at + 1]);
      if (use.kind !== 'bound') return true;
      if (use.by === 'parameter') return true;
      if (use.by !== 'assignment') return false;
      const written = source.written([use.value, source.lines[source.lineOf(use.value)]?.to ?? use.value]);
      return (
        written.includes('parse_args(') || /^wandb\.config$|\.config$/.test(written) || written === 'None'
      );
    });
  }

  attribute(use: Use & { kind: 'attribute' }): Stretch | 'escape' | undefined {
    const { source } = this;
    const open = use.at + 1;
    if (!source.is(open, '(')) {
      if (use.name.startsWith('_')) return 'escape';
      this.list.add(use.name, { at: [use.at, use.at + 1] });
      return undefined;
    }
    if (use.name === 'get') return this.get(open) ? undefined : 'escape';
    if (use.name !== 'update' && use.name !== 'setdefaults') return 'escape';
    const { positional, named } = keywordsOf(source, open);
    const given = positional[0] ?? named.get('d');
    const entries = given && dictOf(source, given);
    if (entries) this.addAll(entries);
    else if (!given || !this.#isParsedOrConfig(given)) return 'escape';
    return undefined;
  }

  override argument(use: Use & { kind: 'argument' }): boolean {
    const callee = this.source.pathEndingAt(use.open - 1)?.path ?? [];
    // `def train(config=None): with wandb.init(config=config): config = wandb.config`
    if (callee.at(-1) === 'init' && use.keyword === 'config') return true;
    return super.argument(use);
  }
}

/** The parameters that a program takes from `wandb.config`; undefined when it takes none. */
export function readWandbConfig(
  source: PythonSource,
  files: ProgramFiles | undefined,
): FoundOptions | undefined {
  const imports = importsOf(source);
  if (!imports.some(({ module }) => module === 'wandb')) return undefined;
  const found = new WandbReader(source, imports).read();
  return found && { ...found, closed: found.closed && isSilent(imports, files) };
}

class SweepdeckReader extends ConfigReader {
  read(imports: readonly Import[]): FoundOptions | undefined {
    const { source } = this;
    const calls = usesOf(source, imports, 'sweepdeck', 'params');
    if (calls.length === 0) return undefined;
    const seeds: Stretch[] = [];
    for (const [from, to] of calls) {
      const close = source.is(to, '(') ? source.partner(to) : -1;
      if (close < 0) {
        this.closed = false;
        continue;
      }
      seeds.push([from, close + 1]);
      const { positional, named, open } = keywordsOf(source, to);
      const defaults = positional[0] ?? named.get('defaults');
      const entries = defaults && dictOf(source, defaults);
      if (entries) this.addAll(entries);
      else if (open || (defaults && source.written(defaults) !== 'None')) this.closed = false;
    }
    const known = followed(source, seeds, this);
    return { style: 'sweepdeck', options: this.list.options, closed: this.closed && known };
  }

  attribute(use: Use & { kind: 'attribute' }): Stretch | 'escape' | undefined {
    const called = this.source.is(use.at + 1, '(');
    return use.name === 'get' && called && this.get(use.at + 1) ? undefined : 'escape';
  }
}

/** The parameters that a program takes from `sweepdeck.params()`; undefined when it takes none. */
export function readSweepdeckParams(
  source: PythonSource,
  files: ProgramFiles | undefined,
): FoundOptions | undefined {
  const imports = importsOf(source);
  if (!imports.some(({ module }) => module === 'sweepdeck')) return undefined;
  const found = new SweepdeckReader(source).read(imports);
  return found && { ...found, closed: found.closed && isSilent(imports, files) };
}
