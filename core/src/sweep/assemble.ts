/** A checked file as a typed `Sweep`. Everything here relies on the checks having found no error. */
import { isMap, isScalar, isSeq } from 'yaml';
import { Float, isList, isMap as isMapValue, numberOf, type Value } from '../value.ts';
import { placedCommand, type PlacedItem } from './command-checks.ts';
import type { SweepDocument } from './document.ts';
import { record, type MapNode, type TreeNode } from './nodes.ts';
import { bandsFromMaxIter, bandsFromMinIter } from './hyperband.ts';
import { methodOf, schedulerForm } from './scheduler-checks.ts';
import type { SweepParts } from './search-checks.ts';
import type {
  CommandItem,
  Goal,
  Hyperband,
  Impute,
  Json,
  Launch,
  Metric,
  Parameter,
  SchedulerBlock,
  Sweep,
} from './sweep.ts';

export function assembleSweep(parts: SweepParts): Sweep {
  const { document, top } = parts;
  const read = new MapReader(document, top);
  return {
    ...read.texts({
      name: 'name',
      description: 'description',
      program: 'program',
      project: 'project',
      entity: 'entity',
      job: 'job',
      imageUri: 'image_uri',
    }),
    method: methodOf(document, top)?.name ?? 'custom',
    ...optional('metric', read.map('metric', toMetric)),
    ...optional('metrics', read.maps('metrics', toMetric)),
    parameters: parts.leaves.flatMap((leaf): readonly Parameter[] =>
      leaf.distribution
        ? [{ path: leaf.path, distribution: leaf.distribution, range: document.range(leaf.at) }]
        : [],
    ),
    command: placedCommand(document, read.node('command')).map((item) => toCommandItem(document, item)),
    ...optional('runCap', read.number('run_cap')),
    ...optional('earlyTerminate', read.map('early_terminate', toHyperband)),
    ...optional('launch', read.map('launch', toLaunch)),
    ...optional('scheduler', read.map('scheduler', toScheduler)),
    ...optional('settings', read.json('settings')),
  };
}

const goals: Readonly<Record<string, Goal>> = {
  minimize: 'minimize',
  minimise: 'minimize',
  maximize: 'maximize',
  maximise: 'maximize',
};
const imputes: Readonly<Record<string, Impute>> = { worst: 'worst', best: 'best', latest: 'latest' };

function toMetric(read: MapReader): Metric {
  return {
    name: read.text('name') ?? '',
    goal: goals[read.text('goal') ?? ''] ?? 'minimize',
    ...optional('target', read.number('target')),
    impute: imputes[read.text('impute') ?? ''] ?? 'worst',
    imputeWhileRunning: imputes[read.text('impute_while_running') ?? ''] ?? 'false',
  };
}

function toHyperband(read: MapReader): Hyperband {
  const minIter = read.number('min_iter');
  const maxIter = read.number('max_iter');
  const s = read.number('s');
  const eta = read.number('eta') ?? 3;
  const fromMax = maxIter !== undefined && s !== undefined;
  return {
    type: 'hyperband',
    ...optional('minIter', minIter),
    ...optional('maxIter', maxIter),
    ...optional('s', s),
    eta,
    strict: read.boolean('strict') ?? true,
    bands: fromMax ? bandsFromMaxIter(maxIter, s, eta) : bandsFromMinIter(minIter ?? 1, eta),
  };
}

function toLaunch(read: MapReader): Launch {
  return {
    ...read.texts({ queue: 'queue', resource: 'resource' }),
    ...optional('resourceArgs', read.json('resource_args')),
    ...optional('templateVariables', read.json('template_variables')),
    ...optional('priority', read.number('priority')),
    ...optional('overrides', read.json('overrides')),
  };
}

function toScheduler(read: MapReader): SchedulerBlock {
  if (schedulerForm(read.document, read.source) === 'engine') {
    return {
      form: 'engine',
      engine: 'wandb',
      ...read.texts({ source: 'source' }),
      ...optional('optimizer', read.anyJson('optimizer')),
      ...optional('searchSpace', read.anyJson('search_space')),
    };
  }
  return {
    form: 'launch',
    ...read.texts({ job: 'job', resource: 'resource', dockerImage: 'docker_image' }),
    ...optional('numWorkers', read.number('num_workers')),
    ...optional('resourceArgs', read.json('resource_args')),
    ...optional('templateVariables', read.json('template_variables')),
    ...optional('settings', read.json('settings')),
  };
}

function toCommandItem(document: SweepDocument, item: PlacedItem): CommandItem {
  return {
    range: document.range(item.at),
    parts: item.parts.map((part) =>
      part.kind === 'text'
        ? { kind: 'text', text: part.text }
        : { kind: 'macro', name: part.name, range: document.range(part.at) },
    ),
  };
}

/** The typed values of one map. */
class MapReader {
  readonly document: SweepDocument;
  readonly source: MapNode;

  constructor(document: SweepDocument, source: MapNode) {
    this.document = document;
    this.source = source;
  }

  node(key: string): TreeNode | undefined {
    return this.document.entry(this.source, key)?.value;
  }

  text(key: string): string | undefined {
    const node = this.node(key);
    return node && isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
  }

  /** The keys that are there, under their names in the model. */
  texts<Name extends string>(keys: Readonly<Record<Name, string>>): Partial<Record<Name, string>> {
    const found: Partial<Record<Name, string>> = {};
    for (const [name, key] of Object.entries(keys) as [Name, string][]) {
      const text = this.text(key);
      if (text !== undefined) found[name] = text;
    }
    return found;
  }

  number(key: string): number | undefined {
    const node = this.node(key);
    return node && numberOf(this.document.value(node));
  }

  boolean(key: string): boolean | undefined {
    const node = this.node(key);
    const value = node && this.document.value(node);
    return typeof value === 'boolean' ? value : undefined;
  }

  map<T>(key: string, read: (reader: MapReader) => T): T | undefined {
    const node = this.node(key);
    return node && isMap(node) ? read(new MapReader(this.document, node)) : undefined;
  }

  maps<T>(key: string, read: (reader: MapReader) => T): readonly T[] | undefined {
    const node = this.node(key);
    if (!node || !isSeq(node)) return undefined;
    return this.document
      .items(node)
      .flatMap((item) => (item && isMap(item) ? [read(new MapReader(this.document, item))] : []));
  }

  anyJson(key: string): Json | undefined {
    const node = this.node(key);
    return node && toJson(this.document.value(node));
  }

  json(key: string): Readonly<Record<string, Json>> | undefined {
    const json = this.anyJson(key);
    return json !== undefined && isJsonMap(json) ? json : undefined;
  }
}

function isJsonMap(json: Json): json is Readonly<Record<string, Json>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The value as JSON has it; digits beyond those of a double are lost. */
export function toJson(value: Value): Json {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Float) return value.value;
  if (isList(value)) return value.map(toJson);
  if (isMapValue(value)) return record(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
  return value;
}

/** An object with the key, or without it where there is no value. */
function optional<Key extends string, T>(key: Key, value: T | undefined): Partial<Record<Key, T>> {
  const result: Partial<Record<Key, T>> = {};
  if (value !== undefined) result[key] = value;
  return result;
}
