/** The options of each batch system, as schemas/directives/*.json describe them. */
import lsf from '#schemas/directives/lsf.json' with { type: 'json' };
import moab from '#schemas/directives/moab.json' with { type: 'json' };
import oar from '#schemas/directives/oar.json' with { type: 'json' };
import pbspro from '#schemas/directives/pbspro.json' with { type: 'json' };
import sge from '#schemas/directives/sge.json' with { type: 'json' };
import slurm from '#schemas/directives/slurm.json' with { type: 'json' };
import torque from '#schemas/directives/torque.json' with { type: 'json' };
import { dialects, type System } from './systems.ts';

/** A resource inside the value of an option such as PBS's `-l`. */
export interface ResourceSpec {
  readonly name: string;
  readonly kind: string;
  readonly short?: string;
  readonly description: string;
}

export interface OptionSpec {
  /** Its key in the catalogue: the long name, or the letters behind the dash. */
  readonly key: string;
  readonly system: System;
  /** As it is written: `--time`, `-pe`. */
  readonly name: string;
  /** One letter, dash included. */
  readonly short: string | undefined;
  readonly title: string;
  readonly description: string;
  /** What its value looks like: a key of the parsers in values/kinds.ts. */
  readonly kind: string;
  /** The accepted forms of the value, for a sentence. */
  readonly forms: string;
  readonly examples: readonly string[];
  /** The words that may stand there, alone or in a list. */
  readonly words: readonly string[];
  readonly takes: 'nothing' | 'value' | 'optional-value';
  /** Words that make up its value. */
  readonly wordCount: number;
  readonly repeatable: boolean;
  /** Belongs on the command line; in a script it is refused or ignored. */
  readonly commandLine: boolean;
  readonly administrators: boolean;
  /** What it does to a program that submits the script: `hides the job id ...`. */
  readonly unattended: string | undefined;
  /** First version that has it. */
  readonly since: string | undefined;
  /** What the system itself can be asked for: `partition`, `queue`, `account`... */
  readonly live: string | undefined;
  readonly resources: ReadonlyMap<string, ResourceSpec> | undefined;
}

/** Options that can't stand together. */
export interface Exclusion {
  readonly keys: readonly string[];
  readonly why: string;
  readonly severity: 'error' | 'warning';
}

export interface Catalogue {
  readonly system: System;
  readonly options: ReadonlyMap<string, OptionSpec>;
  /** By one letter, without dash. */
  readonly byLetter: ReadonlyMap<string, OptionSpec>;
  readonly exclusions: readonly Exclusion[];
}

interface PropertySchema {
  readonly $ref: string;
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly string[];
  readonly enum?: readonly string[];
  readonly items?: { readonly enum?: readonly string[] };
  readonly 'x-short'?: string;
  readonly 'x-optional'?: boolean;
  readonly 'x-words'?: number;
  readonly 'x-repeatable'?: boolean;
  readonly 'x-command-line'?: boolean;
  readonly 'x-administrators'?: boolean;
  readonly 'x-unattended'?: string;
  readonly 'x-since'?: string;
  readonly 'x-live'?: string;
  readonly 'x-resources'?: Readonly<Record<string, ResourceSchema>>;
}

interface ResourceSchema {
  readonly 'x-kind': string;
  readonly 'x-short'?: string;
  readonly description: string;
}

interface CatalogueSchema {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly definitions: Readonly<
    Record<string, { readonly description: string; readonly examples?: readonly string[] }>
  >;
  readonly allOf?: readonly {
    readonly not: { readonly required: readonly string[] };
    readonly description: string;
    readonly 'x-severity': string;
  }[];
}

const schemas = { slurm, oar, torque, pbspro, sge, moab, lsf } as unknown as Readonly<
  Record<System, CatalogueSchema>
>;
const read = new Map<System, Catalogue>();

/** The catalogue of a system; made of its JSON on first use. */
export function catalogueOf(system: System): Catalogue {
  const known = read.get(system);
  if (known !== undefined) return known;
  const schema = schemas[system];
  const { syntax } = dialects[system];
  const long = syntax === 'getopt-long' || syntax === 'one-per-line';
  const options = new Map<string, OptionSpec>();
  const byLetter = new Map<string, OptionSpec>();
  for (const [key, property] of Object.entries(schema.properties)) {
    const spec = optionSpec(system, key, property, schema, long);
    options.set(key, spec);
    const letter = property['x-short'] ?? (!long && key.length === 1 ? key : undefined);
    if (letter !== undefined) byLetter.set(letter, spec);
  }
  const exclusions = (schema.allOf ?? []).map((one) => ({
    keys: one.not.required,
    why: one.description,
    severity: one['x-severity'] === 'warning' ? ('warning' as const) : ('error' as const),
  }));
  const catalogue = { system, options, byLetter, exclusions };
  read.set(system, catalogue);
  return catalogue;
}

function optionSpec(
  system: System,
  key: string,
  property: PropertySchema,
  schema: CatalogueSchema,
  long: boolean,
): OptionSpec {
  const kind = property.$ref.slice('#/definitions/'.length);
  const definition = schema.definitions[kind];
  const words = property.enum ?? property.items?.enum ?? [];
  const resources = property['x-resources'];
  return {
    key,
    system,
    name: long ? `--${key}` : `-${key}`,
    short: property['x-short'] === undefined ? undefined : `-${property['x-short']}`,
    title: property.title,
    description: property.description,
    kind,
    forms: definition?.description ?? '',
    examples: property.examples ?? definition?.examples ?? [],
    words,
    takes: kind === 'flag' ? 'nothing' : property['x-optional'] === true ? 'optional-value' : 'value',
    wordCount: property['x-words'] ?? 1,
    repeatable: property['x-repeatable'] === true,
    commandLine: property['x-command-line'] === true,
    administrators: property['x-administrators'] === true,
    unattended: property['x-unattended'],
    since: property['x-since'],
    live: property['x-live'],
    resources:
      resources &&
      new Map(
        Object.entries(resources).map(([name, resource]) => [
          name,
          {
            name,
            kind: resource['x-kind'],
            description: resource.description,
            ...(resource['x-short'] !== undefined && { short: resource['x-short'] }),
          },
        ]),
      ),
  };
}
