/** The shapes that docs/cli.md promises, as JSON Schemas without room for anything else. */
import assert from 'node:assert/strict';
import { Ajv, type AnySchema } from 'ajv';

const object = (properties: Readonly<Record<string, AnySchema>>): AnySchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const list = (items: AnySchema): AnySchema => ({ type: 'array', items });
const optional = (type: string): AnySchema => ({ type: [type, 'null'] });
const text: AnySchema = { type: 'string' };
const count: AnySchema = { type: 'integer', minimum: 0 };
const time: AnySchema = { type: 'integer', minimum: 1_500_000_000_000 };
const time0: AnySchema = { anyOf: [time, { type: 'null' }] };
const map: AnySchema = { type: 'object' };

const position = object({ line: count, character: count });
const problem = object({
  code: { type: 'string', pattern: '^[a-z0-9-]+$' },
  severity: { enum: ['error', 'warning', 'information'] },
  message: { type: 'string', minLength: 10 },
  range: object({ start: position, end: position }),
});

const jobStates = ['queued', 'submitted', 'running', 'done', 'failed', 'cancelled', 'pruned', 'lost'];
const phases = ['running', 'paused', 'stopping', 'cancelling', 'finished', 'stopped', 'cancelled', 'failed'];
const counts = object(Object.fromEntries(jobStates.map((state) => [state, count])));
const best: AnySchema = {
  anyOf: [
    { type: 'null' },
    object({ index: count, metric: text, value: { type: 'number' }, parameters: map }),
  ],
};

const systems = ['slurm', 'oar', 'torque', 'pbspro', 'sge', 'moab', 'lsf'];
const native = object({
  system: { enum: systems },
  id: optional('string'),
  name: text,
  state: optional('string'),
  stuck: { type: 'boolean' },
});

const summaryFields = {
  id: text,
  name: text,
  queue: text,
  state: { enum: phases },
  reason: text,
  detail: optional('string'),
  counts,
  total: { anyOf: [count, { type: 'null' }] },
  best,
  owner: optional('string'),
  file: text,
  directory: text,
  launchedAt: time,
  endedAt: time0,
};
const summary = object(summaryFields);

const submissionFields = {
  system: { enum: [...systems, 'local'] },
  queue: text,
  count: { type: 'integer', minimum: 1 },
  jobs: list(
    object({
      logId: { type: 'integer', minimum: 1 },
      directory: { type: 'string', pattern: '^/' },
      argv: list(text),
      overrides: list(text),
      script: { type: 'string', pattern: '^#!' },
    }),
  ),
};

const SCHEMAS = {
  check: list(object({ file: text, problems: list(problem) })),
  preview: object({
    count: { anyOf: [count, { type: 'null' }] },
    jobs: list(object({ index: count, parameters: map, argv: list(text) })),
  }),
  show: object({
    id: text,
    state: { enum: phases },
    counts,
    best,
    jobs: list(
      object({
        index: count,
        state: { enum: jobStates },
        reason: optional('string'),
        detail: optional('string'),
        attempt: { type: 'integer', minimum: 1 },
        parameters: map,
        metrics: {
          type: 'object',
          additionalProperties: { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] },
        },
        startedAt: time0,
        endedAt: time0,
        directory: text,
        requeues: count,
        native: { anyOf: [{ type: 'null' }, native] },
      }),
    ),
  }),
  summary,
  list: list(summary),
  submission: object(submissionFields),
  submit: object({ ...summaryFields, ...submissionFields }),
  queues: list(
    object({
      name: text,
      system: { enum: [...systems, null] },
      configured: { type: 'boolean' },
      version: optional('string'),
      ssh: optional('string'),
      problem: optional('string'),
    }),
  ),
  queue: object({
    system: text,
    user: optional('string'),
    askedAt: time,
    jobs: list(
      object({
        id: text,
        sweepJob: optional('string'),
        name: optional('string'),
        user: optional('string'),
        state: text,
        reason: optional('string'),
        partition: optional('string'),
        nodes: optional('string'),
        position: { anyOf: [count, { type: 'null' }] },
        submittedAt: time0,
        startedAt: time0,
        expectedStartAt: time0,
      }),
    ),
  }),
  rm: object({ removed: list(text) }),
  help: object({
    verbs: list(object({ name: text, synopsis: text, summary: text, flags: list(text) })),
    exitCodes: list(object({ code: count, meaning: text })),
  }),
  version: object({ version: text }),
  error: object({ error: object({ code: text, message: { type: 'string', minLength: 10 } }) }),
  fileErrors: object({
    error: object({ code: { const: 'file-errors' }, message: text, problems: list(problem) }),
  }),
} as const satisfies Record<string, AnySchema>;

interface Summary {
  readonly id: string;
  readonly queue: string;
  readonly state: string;
  readonly reason: string;
  readonly detail: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number | null;
  readonly best: { readonly index: number; readonly value: number } | null;
  readonly owner: string | null;
  readonly directory: string;
}
interface Submission {
  readonly system: string;
  readonly queue: string;
  readonly count: number;
  readonly jobs: readonly {
    readonly logId: number;
    readonly directory: string;
    readonly argv: readonly string[];
    readonly overrides: readonly string[];
    readonly script: string;
  }[];
}
interface Problem {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly range: unknown;
}

/** What a document is once it was found to have its shape. */
export interface Documents {
  readonly check: readonly { readonly file: string; readonly problems: readonly Problem[] }[];
  readonly preview: {
    readonly count: number | null;
    readonly jobs: readonly {
      readonly index: number;
      readonly parameters: unknown;
      readonly argv: readonly string[];
    }[];
  };
  readonly show: {
    readonly id: string;
    readonly state: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly best: Summary['best'];
    readonly jobs: readonly {
      readonly index: number;
      readonly state: string;
      readonly reason: string | null;
      readonly attempt: number;
      readonly parameters: Readonly<Record<string, unknown>>;
      readonly metrics: Readonly<Record<string, unknown>>;
      readonly startedAt: number | null;
      readonly endedAt: number | null;
      readonly directory: string;
      readonly native: {
        readonly system: string;
        readonly id: string | null;
        readonly state: string | null;
      } | null;
    }[];
  };
  readonly summary: Summary;
  readonly list: readonly Summary[];
  readonly submission: Submission;
  readonly submit: Summary & Submission;
  readonly queues: readonly {
    readonly name: string;
    readonly system: string | null;
    readonly configured: boolean;
    readonly version: string | null;
    readonly problem: string | null;
  }[];
  readonly queue: {
    readonly system: string;
    readonly user: string | null;
    readonly jobs: readonly {
      readonly id: string;
      readonly sweepJob: string | null;
      readonly state: string;
    }[];
  };
  readonly rm: { readonly removed: readonly string[] };
  readonly help: { readonly verbs: readonly { readonly name: string }[] };
  readonly version: { readonly version: string };
  readonly error: { readonly error: { readonly code: string; readonly message: string } };
  readonly fileErrors: {
    readonly error: { readonly message: string; readonly problems: readonly Problem[] };
  };
}

const ajv = new Ajv({ allowUnionTypes: true });

/** The document, when it has exactly the shape of that name. Throws an AssertionError otherwise. */
export function shaped<Name extends keyof Documents>(name: Name, document: unknown): Documents[Name] {
  const validate = ajv.compile(SCHEMAS[name]);
  assert.ok(validate(document), `${ajv.errorsText(validate.errors)} in ${JSON.stringify(document)}`);
  return document as Documents[Name];
}
