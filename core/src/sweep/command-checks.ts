/** What the command line needs: known macros, a program, values that can be passed as arguments. */
import { isMap, isScalar, isSeq } from 'yaml';
import { pythonJson, pythonStr } from '../python-text.ts';
import { isList, isMap as isMapValue, type Value } from '../value.ts';
import {
  defaultCommand,
  environmentVariableOf,
  macroNamed,
  macros,
  parseCommandItem,
  type RawPart,
} from './command.ts';
import type { SweepDocument } from './document.ts';
import { spanOf, startOf, type ScalarNode, type TreeNode } from './nodes.ts';
import { insertion, together } from './edits.ts';
import type { Leaf } from './parameters.ts';
import { replacing, type ProblemList, type Span, type SpanFix } from './problem-list.ts';
import type { SweepParts } from './search-checks.ts';
import { nearest } from './spelling.ts';
import type { Surroundings } from './surroundings.ts';

/** A command item with its place in the file. */
export interface PlacedItem {
  readonly at: Span;
  readonly parts: readonly (RawPart & { readonly at: Span })[];
}

/** The items of `command`, or of the default one; their places are then empty. */
export function placedCommand(document: SweepDocument, command: TreeNode | undefined): readonly PlacedItem[] {
  if (!command || !isSeq(command)) {
    return defaultCommand.map((text) => placed(text, [0, 0], undefined));
  }
  return document.items(command).flatMap((item) => {
    if (!item || !isScalar(item)) return [];
    const text = typeof item.value === 'string' ? item.value : item.source;
    return [placed(text, spanOf(item), textOffset(document, item))];
  });
}

function placed(text: string, at: Span, offset: number | undefined): PlacedItem {
  const parts = parseCommandItem(text).map((part) => ({
    ...part,
    at:
      part.kind === 'macro' && offset !== undefined
        ? ([offset + part.start, offset + part.end] as const)
        : at,
  }));
  return { at, parts };
}

/** Where an item's text begins, if it stands in the file letter by letter. */
function textOffset(document: SweepDocument, item: ScalarNode): number | undefined {
  const [start, end] = spanOf(item);
  const source = document.text.slice(start, end);
  if (source === item.source) return start;
  return source.slice(1, -1) === item.source && /^["']/.test(source) ? start + 1 : undefined;
}

export function checkCommand(parts: SweepParts, surroundings: Surroundings): void {
  const { document, problems, top } = parts;
  const command = document.entry(top, 'command');
  const program = document.entry(top, 'program');
  const runsRegisteredJob = ['job', 'image_uri'].some((key) => document.entry(top, key) !== undefined);
  if (!command && runsRegisteredJob) return;
  if (command?.value && !isSeq(command.value)) return;
  const items = placedCommand(document, command?.value);
  const check = new CommandCheck(parts, items, surroundings);
  check.checkMacros();
  const uses = items.flatMap((item) =>
    item.parts.filter((part) => part.kind === 'macro' && part.name === 'program'),
  );
  const [use] = uses;
  if (use && !program && !document.broken && nearestTopKey(parts) === undefined) {
    const [first] = document.entries(top);
    const edits = together(insertion(document, top, ['program: train.py']));
    const message = command
      ? "The command uses ${program}, but the file has no 'program'."
      : "There is nothing to run: the file has neither 'program' nor 'command'.";
    problems.add('program-missing', command ? use.at : first ? spanOf(first.key) : [0, 0], message, {
      fix: edits && { title: "Insert 'program: train.py'", edits },
    });
  }
  if (use && program?.value && isScalar(program.value) && typeof program.value.value === 'string') {
    const path = program.value.value;
    if (surroundings.findProgram?.(path) === 'missing') {
      problems.add(
        'program-not-found',
        program.written,
        `There is no '${path}' in the folder of this file, nor in a folder above it within the workspace.`,
      );
    }
  }
  check.checkValues();
}

/** A key that is likely to be a misspelt `program`, and has been reported as such. */
function nearestTopKey({ document, top }: SweepParts): string | undefined {
  return document
    .entries(top)
    .find(
      (entry) =>
        nearest(entry.name, ['program', 'project', 'parameters', 'command', 'name', 'method', 'metric']) ===
        'program',
    )?.name;
}

/** Linux limits one argument to 32 pages, its closing NUL included (MAX_ARG_STRLEN). */
const longestArgument = 131_071;

/** Whether a value printed by Python can be longer than this per character of its YAML. */
const longestEscape = 10;

class CommandCheck {
  readonly #document: SweepDocument;
  readonly #problems: ProblemList;
  readonly #parts: SweepParts;
  readonly #items: readonly PlacedItem[];
  readonly #surroundings: Surroundings;
  readonly #weights = new Map<TreeNode, number>();

  constructor(parts: SweepParts, items: readonly PlacedItem[], surroundings: Surroundings) {
    this.#document = parts.document;
    this.#problems = parts.problems;
    this.#parts = parts;
    this.#items = items;
    this.#surroundings = surroundings;
  }

  checkMacros(): void {
    for (const item of this.#items) {
      for (const part of item.parts) {
        if (part.kind === 'macro') this.#checkMacro(part.name, part.at, item.parts.length > 1);
        else if (part.text.includes('\0')) {
          this.#problems.add('nul-character', part.at, 'A command line can not contain a NUL character.');
        }
      }
    }
  }

  #checkMacro(name: string, at: Span, inText: boolean): void {
    const macro = macroNamed(name);
    if (macro) {
      if (inText && !macro.inText) {
        this.#problems.add(
          'macro-in-text',
          at,
          `\${${name}} stands for arguments of its own, so it has to be a whole item of the command.`,
        );
        return;
      }
      // `env` as a name is common, and `${env}` as a whole item means env(1) to everybody
      const hidden = this.#parts.names.has(name) && at[0] !== at[1] && (inText || name !== 'env');
      if (hidden) this.#reportHidden(name);
      return;
    }
    const variable = environmentVariableOf(name);
    if (variable !== undefined) {
      if (this.#surroundings.hasEnvironmentVariable?.(variable) === false) {
        this.#problems.add(
          'environment-variable-unset',
          at,
          `The environment variable ${variable} is not set.`,
        );
      }
      return;
    }
    if (!this.#parts.names.has(name)) this.#reportUnknown(name, at);
  }

  #reportHidden(name: string): void {
    for (const leaf of this.#parts.leaves) {
      if (leaf.path.join('.') !== name) continue;
      this.#problems.add(
        'macro-hides-parameter',
        leaf.key,
        `In the command, \${${name}} is the macro of that name, not this parameter.`,
      );
    }
  }

  #reportUnknown(name: string, at: Span): void {
    const { document, names, top } = this.#parts;
    // without parameters of its own, the file can't say which names there will be
    if (!document.entry(top, 'parameters') && document.entry(top, 'scheduler')) return;
    const near = nearest(name, [...Object.keys(macros), ...names]);
    const looksLikeVariable = /^[A-Z_][A-Z0-9_]*$/.test(name) && near !== name.toLowerCase();
    const variable = /^env[a-z_]*:([A-Za-z_]\w*)$/i.exec(name)?.[1];
    const meant = variable ? `envvar:${variable}` : looksLikeVariable ? `envvar:${name}` : near;
    if (meant === undefined) {
      const known = 'a macro or a parameter of this sweep';
      this.#problems.add('unknown-macro', at, `\${${name}} is not ${known}. Write $\${ for a literal \${.`, {
        fix: this.#macroFix(name, at, `$\${${name}}`),
      });
      return;
    }
    this.#problems.add('unknown-macro', at, `Unknown macro \${${name}}. Did you mean \${${meant}}?`, {
      fix: this.#macroFix(name, at, `\${${meant}}`),
    });
  }

  #macroFix(name: string, at: Span, newText: string): SpanFix | undefined {
    const exact = this.#document.text.slice(...at) === `\${${name}}`;
    return exact ? replacing(`Change to ${newText}`, at, newText) : undefined;
  }

  /** Values that can't be passed as this command passes them. */
  checkValues(): void {
    const used = this.#items.flatMap((item) =>
      item.parts.flatMap((part) => (part.kind === 'macro' ? [part.name] : [])),
    );
    const whole = used.map(macroNamed);
    const passesAll = whole.some((macro) => macro?.passes === 'parameters');
    const hydra = whole.some((macro) => macro?.hydra === true);
    // NUL characters come from escapes in double quotes, or from a broken file
    const mayHoldNul = /\\|\0/.test(this.#document.text);
    for (const leaf of this.#parts.leaves) {
      const passed = passesAll || used.includes(leaf.path.join('.'));
      if (hydra) this.#checkHydra(leaf);
      if (!passed) continue;
      for (const node of this.#valueNodes(leaf)) {
        if (mayHoldNul && isScalar(node) && typeof node.value === 'string' && node.value.includes('\0')) {
          this.#problems.add(
            'nul-character',
            spanOf(node),
            'No program can be given an argument with a NUL character. Pass the value in a file, with ${args_json_file}.',
          );
        } else if (this.#weight(node) * longestEscape > longestArgument) this.#checkLength(leaf, node);
      }
    }
    if (whole.some((macro) => macro?.passes === 'json')) this.#checkJsonLength();
  }

  #checkLength(leaf: Leaf, node: TreeNode): void {
    const bytes =
      utf8Length(pythonStr(this.#document.value(node))) + leaf.path.join('.').length + '--='.length;
    if (bytes <= longestArgument) return;
    const at = isScalar(node) ? spanOf(node) : startOf(node);
    this.#problems.add(
      'argument-too-long',
      at,
      `As an argument, this value takes ${bytes} bytes, and Linux allows ${longestArgument}. Pass it in a file: use \${args_json_file} in the command.`,
    );
  }

  #checkJsonLength(): void {
    const at = this.#items
      .flatMap((item) => item.parts)
      .find((part) => part.kind === 'macro' && part.name === 'args_json')?.at;
    if (!at) return;
    let most = 2;
    for (const leaf of this.#parts.leaves) {
      let longest = 0;
      for (const node of this.#valueNodes(leaf)) {
        const possible = this.#weight(node) * longestEscape;
        if (possible > longest) longest = Math.max(longest, pythonJson(this.#document.value(node)).length);
      }
      most += leaf.path.join('.').length + '"": , '.length + longest;
    }
    if (most <= longestArgument) return;
    this.#problems.add(
      'argument-too-long',
      at,
      `All parameters together take up to ${most} bytes in one argument, and Linux allows ${longestArgument}. Use \${args_json_file} instead.`,
    );
  }

  /** One remark per parameter: where one value is misread, so are its like. */
  #checkHydra(leaf: Leaf): void {
    for (const node of this.#valueNodes(leaf)) {
      const why = misreadByHydra(this.#document.value(node));
      if (why === undefined) continue;
      const at =
        isScalar(node) && node.range[0] !== node.range[1]
          ? spanOf(node)
          : isScalar(node)
            ? leaf.key
            : startOf(node);
      this.#problems.add('hydra-misreads-value', at, `Hydra will not read this value as it is: ${why}.`);
      return;
    }
  }

  /** The nodes of the values that a parameter is known to take. */
  #valueNodes(leaf: Leaf): readonly TreeNode[] {
    if (
      leaf.shape !== 'constant' &&
      leaf.shape !== 'categorical' &&
      leaf.shape !== 'categorical_w_probabilities'
    )
      return [];
    const key = leaf.shape === 'constant' ? 'value' : 'values';
    const node = this.#document.entry(leaf.definition, key)?.value;
    if (!node) return [];
    if (key === 'value') return [node];
    return isSeq(node) ? this.#document.items(node).filter((item) => item !== undefined) : [];
  }

  /** Characters of YAML in a value, aliases written out. */
  #weight(node: TreeNode): number {
    if (isScalar(node)) return node.source.length + 4;
    const known = this.#weights.get(node);
    if (known !== undefined) return known;
    let weight = 2;
    if (isMap(node)) {
      for (const entry of this.#document.entries(node)) {
        weight += entry.name.length + 4 + (entry.value ? this.#weight(entry.value) : 4);
      }
    } else for (const item of this.#document.items(node)) weight += item ? this.#weight(item) + 2 : 4;
    this.#weights.set(node, weight);
    return weight;
  }
}

/** Why Hydra's override grammar reads `name=value` as something else than `value`, for a value in Python's notation. */
function misreadByHydra(value: Value): string | undefined {
  if (value === null) return "'None' is text to it";
  if (isList(value)) return value.map(misreadByHydra).find((why) => why !== undefined);
  if (isMapValue(value)) return 'quoted keys are not allowed in its maps';
  if (typeof value !== 'string') return undefined;
  const special = /[^A-Za-z0-9_/\-+.$%*@?|: ]/u.exec(value)?.[0];
  if (special !== undefined) return `'${special}' has a meaning in its grammar`;
  return value.trim() === value ? undefined : 'blanks at the ends are dropped';
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
