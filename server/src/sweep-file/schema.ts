/**
 * The schema of sweep files as a description for people: which part of it speaks about a place in a
 * document. Where the schema offers a choice, the one that the file's keys mean is taken.
 */
import { isMap } from 'yaml';
import schema from '#schemas/sweep.schema.json' with { type: 'json' };
import { chooseShape } from '#core/sweep/definition.ts';
import type { MapNode, Step, SweepDocument, TreeNode } from '#core/sweep/document.ts';
import { ProblemList } from '#core/sweep/problem-list.ts';
import { Float, isList, isMap as isMapValue, numberOf, type Value } from '#core/value.ts';

export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

export const definitions = schema.definitions as Readonly<Record<string, Schema>>;
export const parameterReference = '#/definitions/parameter';
const prefix = '#/definitions/';

/** The schema of the file as a whole. */
export const topSchema: Schema = schema;

/** What a reference leads to; the schema itself when it is none. */
export const dereferenced = (place: Schema): Schema =>
  place.$ref === undefined ? place : (definitions[place.$ref.slice(prefix.length)] ?? {});

/** The schema of a distribution by its name. */
export const distributionSchema = (name: string): Schema | undefined =>
  Object.hasOwn(definitions, name) && definitions[name]?.properties?.['distribution']?.const === name
    ? definitions[name]
    : undefined;

export interface DescribedPlace {
  /** What is said of the place; for a key, of its value. */
  readonly schema: Schema;
  /** The path of names when the place is the definition of a parameter: `['optimizer', 'lr']`. */
  readonly parameter: readonly string[] | undefined;
}

/** The schema that speaks of the last of `steps`; undefined where the schema is silent. */
export function describe(document: SweepDocument, steps: readonly Step[]): DescribedPlace | undefined {
  let place: Schema | undefined = schema;
  const path: string[] = [];
  let isParameter = false;
  for (const step of steps) {
    if (place === undefined) return undefined;
    if (step.kind === 'item') {
      place = place.items;
      isParameter = false;
      continue;
    }
    const { name, value } = step.entry;
    const below: Schema | undefined = propertyOf(place, name);
    isParameter = below?.$ref === parameterReference;
    if (isParameter) path.push(name);
    place = below && resolve(document, below, value && isMap(value) ? value : undefined, name);
  }
  return place && { schema: place, parameter: isParameter ? path : undefined };
}

export function propertyOf(place: Schema, name: string): Schema | undefined {
  const { properties, additionalProperties } = place;
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** Follows references, and chooses where there is a choice, by what the value holds. */
function resolve(
  document: SweepDocument,
  place: Schema,
  value: MapNode | undefined,
  name: string,
): Schema | undefined {
  if (place.$ref === parameterReference && value !== undefined) {
    // What is wrong with the definition was said when the file was read.
    const unheard = new ProblemList(document.text);
    const shape = chooseShape(document, unheard, value, name, [value.range[0], value.range[0]]);
    return shape === undefined ? definitions['parameter'] : definitions[shape];
  }
  if (place.$ref !== undefined) {
    const target = definitions[place.$ref.slice(prefix.length)];
    return target && resolve(document, target, value, name);
  }
  if (place.anyOf === undefined || value === undefined) return place;
  const keys = document.entries(value).map((entry) => entry.name);
  const branches = place.anyOf.map((branch) => resolve(document, branch, value, name));
  const knows = (branch: Schema | undefined): number =>
    keys.filter((key) => branch?.properties !== undefined && Object.hasOwn(branch.properties, key)).length;
  return (
    branches.reduce((best, branch) => (knows(branch) > knows(best) ? branch : best), branches[0]) ?? place
  );
}

/** The choices that a schema offers, references followed. */
function branches(place: Schema): readonly Schema[] {
  const own = dereferenced(place);
  return own.anyOf === undefined ? [own] : own.anyOf.flatMap(branches);
}

const typesOf = ({ type }: Schema): readonly string[] | undefined =>
  typeof type === 'string' ? [type] : type;

/** Whether text may stand there. */
export const allowsText = (place: Schema): boolean =>
  branches(place).some((branch) => typesOf(branch)?.includes('string') !== false);

/** Whether the value is of a kind that the schema knows; an empty one may become anything. */
export function couldBe(
  document: SweepDocument,
  place: Schema | undefined,
  node: TreeNode | undefined,
): boolean {
  if (place === undefined || node === undefined) return true;
  const value = document.value(node);
  if (value === null) return true;
  return branches(place).some((branch) => {
    const words = branch.enum ?? (branch.const === undefined ? undefined : [branch.const]);
    const types = typesOf(branch);
    return words === undefined
      ? types === undefined || types.some((type) => isOfType(value, type))
      : words.includes(value);
  });
}

function isOfType(value: Value, type: string): boolean {
  switch (type) {
    case 'array':
      return isList(value);
    case 'object':
      return isMapValue(value);
    case 'number':
      return numberOf(value) !== undefined;
    case 'integer':
      return !(value instanceof Float) && Number.isInteger(numberOf(value));
    default:
      return typeof value === type;
  }
}
