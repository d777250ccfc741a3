/**
 * Checks one map of the file against one closed shape of schemas/sweep.schema.json, and turns what the
 * compiled validator says into one sentence per mistake, on the smallest range that has to change.
 */
import type { ErrorObject } from 'ajv';
import { isMap, isScalar, isSeq } from 'yaml';
import * as validators from '#generated/sweep-validators.js';
import schema from '#schemas/sweep.schema.json' with { type: 'json' };
import { Float, isList, isMap as isMapValue, type Value } from '../value.ts';
import type { Entry, SweepDocument } from './document.ts';
import { record, scalarValue, spanOf, startOf, type MapNode, type TreeNode } from './nodes.ts';
import { insertion } from './edits.ts';
import type { ProblemList, Span, SpanFix } from './problem-list.ts';
import { replacing } from './problem-list.ts';
import { listed, nearest } from './spelling.ts';
import { floatText, isPlainText, quoted } from './yaml-versions.ts';

export type ShapeName = keyof typeof validators;

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
}

const definitions: Readonly<Record<string, Schema>> = schema.definitions as Readonly<Record<string, Schema>>;

/** What stands around the map in the file. */
export interface ShapeContext {
  /** Where to mark a missing key: usually the key that the map belongs to. */
  readonly owner: Span;
  /** What the map is, for sentences: `'metric'`, `parameter 'lr'`. */
  readonly what: string;
  /** Keys that may stand here although the shape doesn't know them. */
  readonly tolerated?: readonly string[];
  /** Keys whose absence is reported elsewhere. */
  readonly mayLack?: readonly string[];
  /** Keys that have a reader of their own; their content is not looked at. */
  readonly elsewhere?: ReadonlySet<string>;
  /** Sentence for a key that belongs to another shape of the same family. */
  readonly foreignKey?: (name: string) => string | undefined;
}

/** The keys that a shape knows. */
export function keysOf(shape: ShapeName): readonly string[] {
  return Object.keys(schemaOf(shape).properties ?? {});
}

function schemaOf(shape: ShapeName): Schema {
  return shape === 'sweep' ? (schema as Schema) : (definitions[shape] ?? {});
}

/** Reports everything in `map` that doesn't fit `shape`. */
export function checkShape(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  shape: ShapeName,
  context: ShapeContext,
): void {
  const validate = validators[shape];
  const entries = document.entries(map);
  const fits = validate(
    record(
      entries.map((entry) => [entry.name, context.elsewhere?.has(entry.name) ? {} : plain(document, entry)]),
    ),
  );
  const errors = fits ? [] : (validate.errors ?? []);
  if (!fits) new ShapeReport(document, problems, map, shape, context).report(errors);
  reportWholeFloats(document, problems, map, schemaOf(shape), context);
}

/** Any list or map will do where the schema doesn't look inside: large lists of values stay as they are. */
function plain(document: SweepDocument, entry: Entry): unknown {
  if (!entry.value) return undefined;
  const value = document.value(entry.value);
  return entry.name === 'values' || entry.name === 'value' ? value : plainValue(value);
}

function plainValue(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Float) return value.value;
  if (isList(value)) return value.map(plainValue);
  if (isMapValue(value)) return record(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
  return value;
}

/** JSON Schema takes 5.0 for an integer; here it is a float. */
function reportWholeFloats(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  shape: Schema,
  context: ShapeContext,
): void {
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    if (property.type !== 'integer' && property.$ref === undefined) continue;
    const entry = document.entry(map, name);
    if (!entry?.value) continue;
    const target =
      property.$ref === undefined ? undefined : definitions[property.$ref.slice('#/definitions/'.length)];
    if (target) {
      const readElsewhere = context.elsewhere?.has(name) === true || target.properties === undefined;
      if (!readElsewhere && isMap(entry.value))
        reportWholeFloats(document, problems, entry.value, target, context);
      continue;
    }
    if (!isScalar(entry.value)) continue;
    const value = scalarValue(entry.value);
    if (!(value instanceof Float) || !Number.isFinite(value.value)) continue;
    const text = String(value.value);
    problems.add(
      'wrong-type',
      entry.written,
      `'${name}' takes a whole number, written without point or exponent.`,
      {
        fix: replacing(`Write ${text}`, spanOf(entry.value), text),
      },
    );
  }
}

/** Where a validator's error is in the file. */
interface Place {
  readonly map: MapNode | undefined;
  readonly entry: Entry | undefined;
  readonly node: TreeNode | undefined;
  readonly name: string;
  readonly owner: Span;
  readonly what: string;
}

class ShapeReport {
  readonly #document: SweepDocument;
  readonly #problems: ProblemList;
  readonly #map: MapNode;
  readonly #shape: ShapeName;
  readonly #context: ShapeContext;
  /** Missing keys that are there under a misspelt name: `pointer/key`. */
  readonly #misspelt = new Set<string>();

  constructor(
    document: SweepDocument,
    problems: ProblemList,
    map: MapNode,
    shape: ShapeName,
    context: ShapeContext,
  ) {
    this.#document = document;
    this.#problems = problems;
    this.#map = map;
    this.#shape = shape;
    this.#context = context;
  }

  report(errors: readonly ErrorObject[]): void {
    const missing = errors.filter((error) => error.keyword === 'required');
    for (const error of errors) {
      if (error.keyword === 'additionalProperties') this.#reportUnknownKey(error, missing);
    }
    for (const error of errors) {
      const place = this.#place(error.instancePath);
      switch (error.keyword) {
        case 'additionalProperties':
          break;
        case 'required':
          this.#reportMissing(error, place);
          break;
        case 'type':
          this.#reportType(error, place);
          break;
        case 'enum':
        case 'const':
          this.#reportValue(error, place);
          break;
        case 'minimum':
        case 'exclusiveMinimum':
          this.#reportBound(error, place);
          break;
        case 'minItems': {
          const least = numberIn(error, 'limit');
          const at = place.node ? spanOf(place.node) : place.owner;
          this.#problems.add(
            'too-few-entries',
            at,
            `'${place.name}' needs at least ${least === 1 ? 'one entry' : `${least} entries`}.`,
          );
          break;
        }
        default:
          this.#problems.add(
            'wrong-type',
            place.node ? startOf(place.node) : place.owner,
            `'${place.name}' ${error.message ?? 'does not fit'}.`,
          );
      }
    }
  }

  #reportUnknownKey(error: ErrorObject, missing: readonly ErrorObject[]): void {
    const name = textIn(error, 'additionalProperty');
    if (this.#context.tolerated?.includes(name) === true) return;
    const { map } = this.#place(error.instancePath);
    const entry = map && this.#document.entry(map, name);
    if (!map || !entry) return;
    const wanted = missing
      .filter((one) => one.instancePath === error.instancePath)
      .map((one) => textIn(one, 'missingProperty'))
      .filter((key) => !this.#misspelt.has(`${error.instancePath}/${key}`));
    const taken = new Set(this.#document.entries(map).map((one) => one.name));
    const allowed = this.#allowedKeys(error.instancePath).filter((key) => !taken.has(key));
    const foreign = this.#context.foreignKey?.(name);
    const near = nearest(name, wanted) ?? (foreign === undefined ? nearest(name, allowed) : undefined);
    const at = spanOf(entry.key);
    if (near !== undefined) {
      this.#misspelt.add(`${error.instancePath}/${near}`);
      this.#problems.add('unknown-key', at, `Unknown key '${name}'. Did you mean '${near}'?`, {
        fix: replacing(`Rename to '${near}'`, at, near),
      });
      return;
    }
    const hint =
      allowed.length > 0 ? `Allowed here: ${listed(allowed, 'and')}.` : 'No other key can stand here.';
    this.#problems.add('unknown-key', at, `${foreign ?? `Unknown key '${name}'.`} ${hint}`);
  }

  #reportMissing(error: ErrorObject, place: Place): void {
    const key = textIn(error, 'missingProperty');
    if (this.#context.mayLack?.includes(key) === true) return;
    if (this.#document.broken || this.#misspelt.has(`${error.instancePath}/${key}`)) return;
    this.#problems.add('missing-key', place.owner, `${capitalised(place.what)} needs the key '${key}'.`, {
      fix: this.#fixMissing(key, place),
    });
  }

  #fixMissing(key: string, place: Place): SpanFix | undefined {
    const only: Readonly<Record<string, string>> = { type: 'hyperband', engine: 'wandb' };
    const value = only[key];
    if (value === undefined || !place.map) return undefined;
    const edit = insertion(this.#document, place.map, [`${key}: ${value}`]);
    return edit && { title: `Insert '${key}: ${value}'`, edits: [edit] };
  }

  #reportType(error: ErrorObject, place: Place): void {
    if (!place.node) return;
    const wanted = String((error.params as { type?: unknown }).type);
    const at = placeOfValue(place);
    const item =
      place.name === '' ? 'This' : /^\d+$/.test(place.name) ? 'An item of this list' : `'${place.name}'`;
    this.#problems.add(
      'wrong-type',
      at,
      `${item} takes ${typeNames[wanted] ?? alternatives(wanted)}, not ${kindOf(place.node)}.`,
      {
        fix: fixType(wanted, place, this.#document.text),
      },
    );
  }

  #reportValue(error: ErrorObject, place: Place): void {
    // the word that tells the shape has been looked at when the shape was chosen
    if (!place.node || (place.name === 'distribution' && this.#problems.hasErrorAt(placeOfValue(place))))
      return;
    const params = error.params as { allowedValues?: readonly unknown[]; allowedValue?: unknown };
    const allowed = (params.allowedValues ?? [params.allowedValue]).filter((one) => typeof one === 'string');
    reportUnknownValue(this.#problems, place.name, place.node, placeOfValue(place), allowed);
  }

  #reportBound(error: ErrorObject, place: Place): void {
    const limit = numberIn(error, 'limit');
    const words = error.keyword === 'minimum' ? 'at least' : 'greater than';
    const item = /^\d+$/.test(place.name) ? 'A number in this list' : `'${place.name}'`;
    this.#problems.add('out-of-range', placeOfValue(place), `${item} must be ${words} ${limit}.`);
  }

  #allowedKeys(pointer: string): readonly string[] {
    let shape: Schema = schemaOf(this.#shape);
    for (const step of steps(pointer)) {
      shape = dereference((/^\d+$/.test(step) ? shape.items : undefined) ?? shape.properties?.[step] ?? {});
    }
    return Object.keys(shape.properties ?? {});
  }

  #place(pointer: string): Place {
    let node: TreeNode | undefined = this.#map;
    let entry: Entry | undefined;
    let owner = this.#context.owner;
    let name = '';
    for (const step of steps(pointer)) {
      name = step;
      if (node && isMap(node)) {
        entry = this.#document.entry(node, step);
        node = entry?.value;
        if (entry) owner = spanOf(entry.key);
      } else if (node && isSeq(node)) {
        node = this.#document.items(node)[Number(step)];
        entry = undefined;
        if (node) owner = startOf(node);
      } else node = undefined;
    }
    const what = pointer === '' ? this.#context.what : `'${name}'`;
    return { map: node && isMap(node) ? node : undefined, entry, node, name, owner, what };
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function alternatives(types: string): string {
  return listed(
    types.split(',').map((type) => typeNames[type] ?? type),
    'or',
  );
}

/** What a node is, in words. */
export function kindOf(node: TreeNode): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  const value = scalarValue(node);
  if (value === null) return 'nothing';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return String(value);
  return `the number ${node.source}`;
}

/** Reports a word that is none of the allowed ones. */
export function reportUnknownValue(
  problems: ProblemList,
  what: string,
  node: TreeNode,
  at: Span,
  allowed: readonly string[],
): string | undefined {
  const word = isScalar(node) ? node.source : '';
  const near = word === '' ? undefined : nearest(word, allowed);
  const found =
    isScalar(node) && word !== ''
      ? `Unknown ${what} '${word}'.`
      : `'${what}' takes one word, not ${kindOf(node)}.`;
  if (near === undefined) {
    problems.add('unknown-value', at, `${found} Allowed: ${listed(allowed, 'or')}.`);
    return undefined;
  }
  const fix = replacing(`Change to '${near}'`, spanOf(node), near);
  problems.add('unknown-value', at, `${found} Did you mean '${near}'?`, { fix });
  return near;
}

/** The value itself; its key where there is nothing to mark; the first character of something large. */
function placeOfValue(place: Place): Span {
  if (!place.node) return place.owner;
  if (!isScalar(place.node)) return startOf(place.node);
  const at = place.entry?.written ?? spanOf(place.node);
  return at[0] === at[1] ? place.owner : at;
}

/** What a single word in the place of a map stands for. */
const mainKeys: Partial<Readonly<Record<string, string>>> = { metric: 'name', launch: 'queue' };

function fixType(wanted: string, place: Place, text: string): SpanFix | undefined {
  const { node } = place;
  if (!node || !isScalar(node) || node.range[0] === node.range[1]) return undefined;
  const value = scalarValue(node);
  const at = spanOf(node);
  if ((wanted === 'number' || wanted === 'integer') && typeof value === 'string') {
    const digits = value.trim().replaceAll('_', '');
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) return undefined;
    const number = Number(digits);
    if (wanted === 'integer' && !Number.isSafeInteger(number)) return undefined;
    const newText = /^[-+]?\d+$/.test(digits) || wanted === 'integer' ? String(number) : floatText(number);
    return replacing(`Write ${newText}`, at, newText);
  }
  if (wanted === 'boolean' && typeof value === 'string') {
    const truth = /^(?:(y|yes|on|true)|n|no|off|false)$/i.exec(value);
    return truth
      ? replacing(`Write ${String(truth[1] !== undefined)}`, at, String(truth[1] !== undefined))
      : undefined;
  }
  const main = Object.hasOwn(mainKeys, place.name) ? mainKeys[place.name] : undefined;
  if (wanted === 'object' && main !== undefined && node.type === 'PLAIN' && isPlainText(node.source)) {
    return replacing(`Write {${main}: ${node.source}}`, at, `{${main}: ${node.source}}`);
  }
  if (wanted === 'string' && value !== null) return replacing('Put it in quotes', at, quoted(node.source));
  if (
    wanted === 'array' &&
    place.name === 'values' &&
    node.type !== 'BLOCK_FOLDED' &&
    node.type !== 'BLOCK_LITERAL'
  ) {
    const source = text.slice(...at);
    return /[,[\]{}\n]/.test(source) ? undefined : replacing('Make it a list', at, `[${source}]`);
  }
  return undefined;
}

function dereference(shape: Schema): Schema {
  return shape.$ref === undefined ? shape : (definitions[shape.$ref.slice('#/definitions/'.length)] ?? {});
}

/** The steps of a JSON pointer. */
function steps(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function textIn(error: ErrorObject, name: string): string {
  return String((error.params as Record<string, unknown>)[name]);
}

function numberIn(error: ErrorObject, name: string): number {
  return Number((error.params as Record<string, unknown>)[name]);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
