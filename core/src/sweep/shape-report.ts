/** What a compiled validator says about a map, as one sentence per mistake on the smallest range that has to change. */
import type { ErrorObject } from 'ajv';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Entry, SweepDocument } from './document.ts';
import { insertion } from './edits.ts';
import { scalarValue, spanOf, startOf, type MapNode, type TreeNode } from './nodes.ts';
import { replacing, type ProblemList, type Span, type SpanFix } from './problem-list.ts';
import { isNumber } from './scalar.ts';
import { dereference, schemaOf, type Schema, type ShapeName } from './shape-schemas.ts';
import { editDistance, listed, nearest } from './spelling.ts';
import { kindOf, reportUnknownValue, retyped, typeInWords } from './wrong-values.ts';

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
  /** Keys that belong elsewhere, and a sentence about those of them that are here. */
  readonly foreign?: ForeignKeys;
}

export interface ForeignKeys {
  has(name: string, value: TreeNode | undefined): boolean;
  /** Keys of one group are one mistake. */
  group(name: string): string;
  /** @param names of one group, at least one, in the order of the text */
  sentence(names: readonly string[]): string;
  /** Whether to say which keys could stand here instead. */
  readonly listsAllowed: boolean;
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

export class ShapeReport {
  readonly #document: SweepDocument;
  readonly #problems: ProblemList;
  readonly #map: MapNode;
  readonly #shape: ShapeName;
  readonly #context: ShapeContext;
  /** Missing keys that are there under a misspelt name: `pointer/key`. */
  readonly #misspelt = new Set<string>();
  readonly #foreign: Entry[] = [];

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
    this.#reportForeign();
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
    const foreign = error.instancePath === '' && this.#context.foreign?.has(name, entry.value) === true;
    const like = nearest(name, wanted) ?? (foreign ? undefined : nearest(name, allowed));
    const near =
      like !== undefined && this.#isOtherKind(name, like, error.instancePath, entry) ? undefined : like;
    const at = spanOf(entry.key);
    if (near !== undefined) {
      this.#misspelt.add(`${error.instancePath}/${near}`);
      this.#problems.add('unknown-key', at, `Unknown key '${name}'. Did you mean '${near}'?`, {
        fix: replacing(`Rename to '${near}'`, at, near),
      });
      return;
    }
    if (foreign) this.#foreign.push(entry);
    else this.#problems.add('unknown-key', at, `Unknown key '${name}'. ${allowedInWords(allowed)}`);
  }

  /** A number where a list or map belongs, under a name that is more than one slip away, is something else. */
  #isOtherKind(name: string, like: string, pointer: string, { value }: Entry): boolean {
    if (pointer !== '' || !value || !isScalar(value) || !isNumber(scalarValue(value))) return false;
    const { type } = dereference(schemaOf(this.#shape).properties?.[like] ?? {});
    return (type === 'array' || type === 'object') && editDistance(name.toLowerCase(), like, 1) > 1;
  }

  /** Several keys of another shape are one mistake. */
  #reportForeign(): void {
    const { foreign } = this.#context;
    if (!foreign) return;
    const groups = Map.groupBy(this.#foreign, ({ name }) => foreign.group(name));
    for (const group of groups.values()) this.#reportForeignGroup(foreign, group);
  }

  #reportForeignGroup(foreign: ForeignKeys, group: readonly Entry[]): void {
    const [first, ...others] = group;
    if (!first) return;
    const taken = new Set(this.#document.entries(this.#map).map(({ name }) => name));
    const allowed = this.#allowedKeys('').filter((key) => !taken.has(key));
    const sentence = foreign.sentence(group.map(({ name }) => name));
    this.#problems.add(
      'unknown-key',
      spanOf(first.key),
      foreign.listsAllowed ? `${sentence} ${allowedInWords(allowed)}` : sentence,
      { related: others.map(({ name, key }) => ({ message: `'${name}' is here.`, at: spanOf(key) })) },
    );
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
    this.#problems.add('wrong-type', at, `${item} takes ${typeInWords(wanted)}, not ${kindOf(place.node)}.`, {
      fix: retyped(wanted, place.name, place.node, this.#document.text),
    });
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

const allowedInWords = (allowed: readonly string[]): string =>
  allowed.length > 0 ? `Allowed here: ${listed(allowed, 'and')}.` : 'No other key can stand here.';

/** The value itself; its key where there is nothing to mark; the first character of something large. */
function placeOfValue(place: Place): Span {
  if (!place.node) return place.owner;
  if (!isScalar(place.node)) return startOf(place.node);
  const at = place.entry?.written ?? spanOf(place.node);
  return at[0] === at[1] ? place.owner : at;
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
