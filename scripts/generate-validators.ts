/**
 * Compiles schemas/sweep.schema.json into core/generated/sweep-validators.js: one function for the top
 * level and one for every shape that a parameter or scheduler block can have. Compiled ahead, they cost
 * no start-up time and need no JSON Schema compiler at run time.
 *
 * A validator is shallow. Where the schema offers a choice (`anyOf` of parameter shapes), the reader
 * chooses the shape first and then calls that shape's validator: an error then speaks of what was meant.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(project, 'core', 'generated');

/** Sub-schemas that the reader walks itself; a validator only looks whether they are maps. */
const walkedByReader = new Set(['#/definitions/parameters', '#/definitions/scheduler']);
/** Words for people: of no use to a validator. `if`/`then` is for editors without the reader. */
const notCompiled = new Set(['$schema', 'title', 'description', 'default', 'examples', 'if', 'then']);
const keyedByName = new Set(['properties', 'definitions']);

function shallow(schema: Json, definitions: Record<string, Json>): Json {
  if (Array.isArray(schema)) return schema.map((item) => shallow(item, definitions));
  if (schema === null || typeof schema !== 'object') return schema;
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    if (walkedByReader.has(reference)) return { type: 'object' };
    const target = definitions[reference.slice('#/definitions/'.length)];
    if (target === undefined) throw new Error(`The schema refers to ${reference}, which it does not define.`);
    return shallow(target, definitions);
  }
  const compiled: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (notCompiled.has(key) || key === 'definitions') continue;
    compiled[key] =
      keyedByName.has(key) && value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, shallow(sub, definitions)]))
        : shallow(value, definitions);
  }
  return compiled;
}

/**
 * Writes the validators of sweep files and of batch directives, and their types; returns the path of the
 * former's JavaScript file.
 */
export function generateValidators(): string {
  generateDirectiveValidators();
  return generateSweepValidators();
}

function generateSweepValidators(): string {
  const source = readFileSync(path.join(project, 'schemas', 'sweep.schema.json'), 'utf8');
  const schema = JSON.parse(source) as { definitions: Record<string, Json> } & Record<string, Json>;
  const { definitions } = schema;
  const names = Object.keys(definitions).filter(
    (name) => !['parameters', 'parameter', 'scheduler'].includes(name),
  );

  const ajv = new Ajv({
    allErrors: true,
    code: { source: true, esm: true, lines: true },
    strict: true,
    allowUnionTypes: true,
  });
  ajv.addSchema(shallow(schema, definitions) as object, 'sweep');
  for (const name of names) ajv.addSchema(shallow(definitions[name] ?? {}, definitions) as object, name);
  const exported = ['sweep', ...names];
  const code = standalone.default(ajv, Object.fromEntries(exported.map((name) => [name, name])));
  return write('sweep-validators', code, exported);
}

function write(name: string, code: string, exported: readonly string[]): string {
  if (code.includes('require('))
    throw new Error('A schema keyword needs an ajv run-time module; the validators must stand alone.');
  const types = [
    "import type { ErrorObject } from 'ajv';",
    'interface Validator {',
    '  (data: unknown): boolean;',
    '  errors?: ErrorObject[] | null;',
    '}',
    ...exported.map((one) => `export declare const ${one}: Validator;`),
    '',
  ].join('\n');
  mkdirSync(target, { recursive: true });
  const file = path.join(target, `${name}.js`);
  writeFileSync(file, code);
  writeFileSync(path.join(target, `${name}.d.ts`), types);
  return file;
}

/**
 * Compiles schemas/directives/*.json into core/generated/directive-validators.js, one function per batch
 * system. A script may give an option several times, so what is validated is a list of values per option.
 */
function generateDirectiveValidators(): void {
  const folder = path.join(project, 'schemas', 'directives');
  const systems = readdirSync(folder).map((file) => path.basename(file, '.json'));
  const ajv = new Ajv({
    allErrors: true,
    // Sentences are written where the errors are read.
    messages: false,
    code: { source: true, esm: true, lines: true },
    strict: true,
    strictTypes: false,
    strictRequired: false,
  });
  for (const system of systems) {
    const schema = JSON.parse(readFileSync(path.join(folder, `${system}.json`), 'utf8')) as Json;
    const { properties, definitions, ...rest } = constraints(schema) as unknown as DirectiveSchema;
    const patternProperties = togetherByConstraint(properties, definitions);
    ajv.addSchema({ ...rest, patternProperties }, system);
  }
  const code = standalone.default(ajv, Object.fromEntries(systems.map((name) => [name, name])));
  write('directive-validators', code, systems);
}

interface DirectiveSchema {
  readonly properties: Readonly<Record<string, { readonly $ref: string }>>;
  readonly definitions: Readonly<Record<string, Json>>;
}

/** Most options share their constraints with others: one piece of code for all that do. */
function togetherByConstraint(
  properties: DirectiveSchema['properties'],
  definitions: DirectiveSchema['definitions'],
): Record<string, Json> {
  const whole = Object.entries(properties).map(([name, { $ref, ...own }]) => {
    const kind = definitions[$ref.slice('#/definitions/'.length)] as Record<string, Json>;
    return { name, items: { ...kind, ...own } };
  });
  const groups = Map.groupBy(whole, ({ items }) => JSON.stringify(items));
  return Object.fromEntries(
    [...groups.values()].map((group) => [
      `^(?:${group.map(({ name }) => name.replace('+', '\\+')).join('|')})$`,
      { type: 'array', items: group[0]?.items ?? {} },
    ]),
  );
}

/** The schema without what is for people, `x-` annotations included. */
function constraints(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(constraints);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !notCompiled.has(key) && !key.startsWith('x-'))
      .map(([key, value]) => [key, constraints(value)]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generateValidators();
