/** The closed shapes of schemas/sweep.schema.json: the file as a whole and its definitions. */
import type * as validators from '#generated/sweep-validators.js';
import schema from '#schemas/sweep.schema.json' with { type: 'json' };

/** A shape with a validator of its own. */
export type ShapeName = keyof typeof validators;

/** As much of a JSON Schema as is looked at by hand. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
}

const definitions: Readonly<Record<string, Schema>> = schema.definitions as Readonly<Record<string, Schema>>;

/** The keys that a shape knows. */
export function keysOf(shape: ShapeName): readonly string[] {
  return Object.keys(schemaOf(shape).properties ?? {});
}

/** The schema of a shape; references in it are kept. */
export function schemaOf(shape: ShapeName): Schema {
  return shape === 'sweep' ? (schema as Schema) : (definitions[shape] ?? {});
}

/** What a reference stands for. */
export function dereference(shape: Schema): Schema {
  return shape.$ref === undefined ? shape : (definitions[shape.$ref.slice('#/definitions/'.length)] ?? {});
}
