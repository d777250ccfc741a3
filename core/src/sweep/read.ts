import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Problem } from '../text.ts';
import { assembleSweep } from './assemble.ts';
import { checkCommand } from './command-checks.ts';
import { SweepDocument } from './document.ts';
import { scalarValue, spanOf, startOf, type MapNode, type TreeNode } from './nodes.ts';
import { insertion, together } from './edits.ts';
import { readParameters } from './parameters.ts';
import type { ProblemCode } from './problem-codes.ts';
import { misplacedAtTop } from './misplaced-keys.ts';
import { ProblemList } from './problem-list.ts';
import { checkRemarks } from './remarks.ts';
import { checkScheduler, hasSchedulerJob, hasSearchSpace, methodOf } from './scheduler-checks.ts';
import { checkSearch, type SweepParts } from './search-checks.ts';
import { keysOf } from './shape-schemas.ts';
import { checkShape } from './shapes.ts';
import { nearest } from './spelling.ts';
import type { Surroundings } from './surroundings.ts';
import type { Sweep } from './sweep.ts';

export interface SweepReading {
  /** Undefined exactly when one of the problems is an error. */
  readonly sweep: Sweep | undefined;
  /** In the order of the text; at most some hundreds, then a closing one that says how many more there are. */
  readonly problems: readonly Problem<ProblemCode>[];
  readonly document: SweepDocument;
}

/** Keys of the top level whose content has a reader of its own. */
const readElsewhere: ReadonlySet<string> = new Set(['parameters', 'scheduler']);

/**
 * Reads a sweep file: the typed sweep if nothing is wrong, and everything that is worth saying about the
 * text. The only reader there is, for the editor and for launching alike. Never throws.
 */
export function readSweep(text: string, surroundings: Surroundings = {}): SweepReading {
  const problems = new ProblemList(text);
  const document = new SweepDocument(text, problems);
  const parts = readParts(document, problems, surroundings);
  return {
    sweep: parts && !problems.hasErrors ? assembleSweep(parts) : undefined,
    problems: problems.problems(document.lines),
    document,
  };
}

function readParts(
  document: SweepDocument,
  problems: ProblemList,
  surroundings: Surroundings,
): SweepParts | undefined {
  const top = document.root;
  if (!top) {
    if (!problems.hasErrors) {
      problems.add(
        'empty-file',
        [0, 0],
        "The file is empty. A sweep needs 'program', 'method' and 'parameters'.",
      );
    }
    return undefined;
  }
  if (!isMap(top)) {
    if (!document.broken) {
      problems.add(
        'not-a-mapping',
        isScalar(top) ? spanOf(top) : startOf(top),
        "A sweep file is a map of keys and values, such as 'method: random'.",
      );
    }
    return undefined;
  }
  checkTop(document, problems, top, surroundings);
  checkScheduler(document, problems, top);
  const { leaves, names } = readTopParameters(document, problems, top);
  const parts: SweepParts = { document, problems, top, method: methodOf(document, top), leaves, names };
  checkSearch(parts);
  checkCommand(parts, surroundings);
  checkRemarks(parts, surroundings);
  return parts;
}

function checkTop(
  document: SweepDocument,
  problems: ProblemList,
  top: MapNode,
  surroundings: Surroundings,
): void {
  const [first] = document.entries(top);
  const owner = first ? spanOf(first.key) : startOf(top);
  checkShape(document, problems, top, 'sweep', {
    owner,
    what: 'a sweep',
    elsewhere: readElsewhere,
    foreign: misplacedAtTop,
    tolerated: definitionsForOthers(document, top),
  });
  reportMissing(document, problems, top, owner);
  for (const key of readElsewhere) {
    const entry = document.entry(top, key);
    if (entry?.value && !isMap(entry.value)) {
      const empty = isScalar(entry.value) && scalarValue(entry.value) === null;
      problems.add(
        empty ? 'too-few-entries' : 'wrong-type',
        spanOf(entry.key),
        empty ? `'${key}' is empty.` : `'${key}' takes a map.`,
      );
    }
  }
  const [job, image] = [document.entry(top, 'job'), document.entry(top, 'image_uri')];
  if (job && image) {
    problems.add('job-and-image', spanOf(image.key), "A sweep has either 'job' or 'image_uri', not both.", {
      related: [{ message: "'job' is here.", at: spanOf(job.key) }],
    });
  }
  checkQueue(document, problems, top, surroundings);
}

/** Keys of the file's own that hold what aliases below repeat: `x-defaults: &defaults {min: 0, max: 1}`. */
function definitionsForOthers(document: SweepDocument, top: MapNode): readonly string[] {
  const known = keysOf('sweep');
  return document
    .entries(top)
    .filter(({ name, value }) => value && holdsAnchor(value) && nearest(name, known) === undefined)
    .flatMap(({ name }) => (known.includes(name) ? [] : [name]));
}

/** Whether something may refer to the value, or to an item of it. */
function holdsAnchor(node: TreeNode): boolean {
  if (node.anchor !== undefined) return true;
  const items = isMap(node) ? node.items.map(({ value }) => value) : isSeq(node) ? node.items : [];
  return items.some((item) => isNode(item) && !isAlias(item) && item.anchor !== undefined);
}

/** Keys that every sweep needs, unless something else stands in for them. */
function reportMissing(
  document: SweepDocument,
  problems: ProblemList,
  top: MapNode,
  owner: readonly [number, number],
): void {
  if (document.broken) return;
  const known = keysOf('sweep');
  const unknown = document.entries(top).filter((entry) => !known.includes(entry.name));
  const missing = [
    {
      key: 'method',
      replaced: hasSchedulerJob(document, top),
      insert: 'method: random',
      message: 'The method is missing: grid, random, bayes or custom.',
    },
    {
      key: 'parameters',
      replaced:
        hasSearchSpace(document, top) || unknown.some(({ name, value }) => misplacedAtTop.has(name, value)),
      insert: undefined,
      message: 'The parameters are missing: what varies from job to job.',
    },
  ];
  for (const { key, replaced, insert, message } of missing) {
    if (replaced || document.entry(top, key)) continue;
    // the misspelt key has been reported
    const allowed = known.filter((one) => !document.entry(top, one));
    if (unknown.some((entry) => nearest(entry.name, allowed) === key)) continue;
    const edits = insert === undefined ? undefined : together(insertion(document, top, [insert]));
    problems.add('missing-key', owner, message, {
      fix: edits && { title: `Insert '${insert ?? key}'`, edits },
    });
  }
}

function readTopParameters(
  document: SweepDocument,
  problems: ProblemList,
  top: MapNode,
): ReturnType<typeof readParameters> {
  const entry = document.entry(top, 'parameters');
  if (!entry?.value || !isMap(entry.value)) return { leaves: [], names: new Set() };
  if (document.entries(entry.value).length === 0 && !document.broken) {
    problems.add('too-few-entries', spanOf(entry.key), "'parameters' needs at least one parameter.");
  }
  return readParameters(document, problems, entry.value, { hasSchedulerJob: hasSchedulerJob(document, top) });
}

function checkQueue(
  document: SweepDocument,
  problems: ProblemList,
  top: MapNode,
  { queues }: Surroundings,
): void {
  const launch = document.entry(top, 'launch')?.value;
  const queue = launch && isMap(launch) ? document.entry(launch, 'queue') : undefined;
  const name = queue?.value && document.value(queue.value);
  if (!queues || !queue || typeof name !== 'string' || queues.includes(name)) return;
  const near = nearest(name, queues);
  const hint =
    near === undefined ? `Queues that can: ${queues.join(', ') || 'none'}.` : `Did you mean '${near}'?`;
  problems.add('unknown-queue', queue.written, `No queue '${name}' can run here. ${hint}`, {
    fix:
      near === undefined
        ? undefined
        : { title: `Change to '${near}'`, edits: [{ at: queue.written, newText: near }] },
  });
}
