/** Which part of the schema speaks about a place of an outline, whatever state the text is in. */
import type { DistributionName } from '#core/sweep/sweep.ts';
import { distributionNames, type DefinitionShape } from '#core/sweep/definition.ts';
import type { OutlineNode } from './outline-nodes.ts';
import {
  definitions,
  dereferenced,
  parameterReference,
  propertyOf,
  topSchema,
  type Schema,
} from './schema.ts';

export interface OutlinePlace {
  readonly schema: Schema;
  /** What the place is of a parameter: its definition, of which the shape may be known already. */
  readonly definition: { readonly shape: DefinitionShape | undefined } | undefined;
  /** The key that leads here. */
  readonly name: string;
}

/** The place of the last of `path`; undefined where the schema is silent. */
export function placeOf(path: readonly OutlineNode[]): OutlinePlace | undefined {
  let place: OutlinePlace = { schema: topSchema, definition: undefined, name: '' };
  for (const node of path) {
    const below: Schema | undefined =
      node.kind === 'item'
        ? place.schema.items
        : (propertyOf(place.schema, node.name) ?? unsaid(place, node));
    if (below === undefined) return undefined;
    place =
      below.$ref === parameterReference
        ? definitionPlace(node)
        : { schema: chosen(dereferenced(below), node), definition: undefined, name: node.name || place.name };
  }
  return place;
}

/** The distribution of a definition that says nothing else yet. */
const unsaid = ({ definition }: OutlinePlace, { name }: OutlineNode): Schema | undefined =>
  definition !== undefined && name === 'distribution' ? { type: 'string' } : undefined;

function definitionPlace(node: OutlineNode): OutlinePlace {
  const shape = shapeOf(node);
  // choices that are not called by a name can still become weighted ones
  const widest = shape === 'categorical' && statedDistribution(node) === undefined ? weighted : shape;
  const schema = (widest === undefined ? undefined : definitions[widest]) ?? definitions['parameter'] ?? {};
  return { schema, definition: { shape }, name: node.name };
}

const weighted: DefinitionShape = 'categorical_w_probabilities';

/** Keys that tell the shape of a definition, the ones that say most first. */
const telling: readonly (readonly [keys: readonly string[], shape: DefinitionShape])[] = [
  [['parameters'], 'nested'],
  [['probabilities'], 'categorical_w_probabilities'],
  [['values'], 'categorical'],
  [['value'], 'constant'],
  [['q', 'mu'], 'q_normal'],
  [['q', 'sigma'], 'q_normal'],
  [['q', 'min'], 'q_uniform'],
  [['q', 'max'], 'q_uniform'],
  [['min'], 'uniform'],
  [['max'], 'uniform'],
  [['mu'], 'normal'],
  [['sigma'], 'normal'],
  [['a'], 'beta'],
  [['b'], 'beta'],
];

/** The shape that the keys of a definition mean, as far as they are there. */
function shapeOf(node: OutlineNode): DefinitionShape | undefined {
  const stated = statedDistribution(node);
  if (stated !== undefined) return stated;
  const names = new Set(node.children.map(({ name }) => name));
  return telling.find(([keys]) => keys.every((key) => names.has(key)))?.[1];
}

function statedDistribution(node: OutlineNode): DistributionName | undefined {
  const stated = node.children.find(({ name }) => name === 'distribution');
  return distributionNames.find((name) => name === stated?.word);
}

/** Of several forms the one that knows the most of the keys that are there; all of them while there are none. */
function chosen(schema: Schema, node: OutlineNode): Schema {
  if (schema.anyOf === undefined) return schema;
  const forms = schema.anyOf.map(dereferenced);
  const knows = (form: Schema): number =>
    node.children.filter(({ name }) => form.properties !== undefined && Object.hasOwn(form.properties, name))
      .length;
  if (node.children.length === 0)
    return {
      ...schema,
      properties: Object.assign({}, ...forms.map(({ properties }) => properties)) as Schema['properties'] &
        object,
    };
  return forms.reduce((best, form) => (knows(form) > knows(best) ? form : best));
}
