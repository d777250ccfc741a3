/** `scheduler`, in its two forms, and what it does to the rest of the file. */
import { isMap, isScalar } from 'yaml';
import type { Entry, SweepDocument } from './document.ts';
import { scalarValue, spanOf, type MapNode } from './nodes.ts';
import { replacing, type ProblemList } from './problem-list.ts';
import { keysOf } from './shape-schemas.ts';
import { checkShape } from './shapes.ts';
import { methods } from './methods.ts';
import type { Method } from './sweep.ts';

/** A block with `engine` is the engine form, any other the Launch form. */
export function schedulerForm(document: SweepDocument, block: MapNode): 'launch' | 'engine' {
  return document.entry(block, 'engine') ? 'engine' : 'launch';
}

export function checkScheduler(document: SweepDocument, problems: ProblemList, top: MapNode): void {
  const scheduler = document.entry(top, 'scheduler');
  const block = scheduler?.value;
  if (!scheduler || !block || !isMap(block)) return;
  const form = schedulerForm(document, block);
  const mixed = form === 'engine' ? reportMixedForms(document, problems, block) : [];
  checkShape(document, problems, block, form === 'engine' ? 'scheduler_engine' : 'scheduler_launch', {
    owner: spanOf(scheduler.key),
    what: "'scheduler'",
    tolerated: mixed,
  });
  if (form === 'engine') checkEngine(document, problems, top, block);
  else checkMethods(document, problems, top, block);
}

/** Keys of the Launch form beside `engine`; returns them, so that they are reported once. */
function reportMixedForms(document: SweepDocument, problems: ProblemList, block: MapNode): readonly string[] {
  const foreign = document.entries(block).filter((entry) => keysOf('scheduler_launch').includes(entry.name));
  const [first] = foreign;
  if (first) {
    const names = foreign.map((entry) => `'${entry.name}'`).join(', ');
    problems.add(
      'scheduler-forms',
      spanOf(first.key),
      `'engine' names a built-in scheduler and excludes ${names}, which describe a scheduler job.`,
    );
  }
  return foreign.map((entry) => entry.name);
}

function checkEngine(document: SweepDocument, problems: ProblemList, top: MapNode, block: MapNode): void {
  const engine = document.entry(block, 'engine');
  const name = engine?.value && document.value(engine.value);
  if (engine && (name === 'optuna' || name === 'ax')) {
    problems.add(
      'scheduler-engine',
      engine.written,
      `The engine '${name}' can't run. To let a program of your own decide what to try, name it in 'scheduler.job'.`,
    );
    return;
  }
  for (const key of ['optimizer', 'search_space']) {
    const entry = document.entry(block, key);
    if (entry && !document.entry(block, 'source')) {
      problems.add(
        'missing-key',
        spanOf(entry.key),
        `'${key}' needs 'source' beside it, the program that defines it.`,
      );
    }
  }
  if (name !== 'wandb') return;
  const early = document.entry(top, 'early_terminate');
  if (early)
    problems.add(
      'scheduler-engine',
      spanOf(early.key),
      "'early_terminate' can't be combined with 'scheduler.engine'.",
    );
  const controller = document.entry(top, 'controller')?.value;
  const type = controller && isMap(controller) ? document.entry(controller, 'type') : undefined;
  if (type?.value && document.value(type.value) === 'local') {
    problems.add(
      'scheduler-engine',
      type.written,
      "A local controller can't be combined with 'scheduler.engine'.",
    );
  }
  const method = document.entry(top, 'method');
  if (method?.value && document.value(method.value) === 'custom') {
    problems.add(
      'scheduler-engine',
      method.written,
      "The engine 'wandb' works with the methods grid, random and bayes; 'custom' needs 'scheduler.job'.",
    );
  }
}

/** `settings.method` of a scheduler job replaces the method of the sweep. */
function checkMethods(document: SweepDocument, problems: ProblemList, top: MapNode, block: MapNode): void {
  const method = document.entry(top, 'method');
  const inner = innerMethod(document, block);
  if (!inner?.value || !method?.value || !document.entry(block, 'job')) return;
  const [stated, used] = [document.value(method.value), document.value(inner.value)];
  const replacement = methods.find((one) => one === used);
  if (replacement === undefined || stated === 'custom' || stated === used) return;
  // an unknown method has been reported as such
  if (!methods.some((one) => one === stated)) return;
  problems.add(
    'method-replaced',
    method.written,
    `The scheduler's settings replace this method by '${replacement}'. Write 'method: custom' here.`,
    {
      fix: replacing("Change to 'custom'", method.written, 'custom'),
      related: [{ message: 'The method that is used.', at: inner.written }],
    },
  );
}

function innerMethod(document: SweepDocument, block: MapNode): Entry | undefined {
  const settings = document.entry(block, 'settings')?.value;
  return settings && isMap(settings) ? document.entry(settings, 'method') : undefined;
}

/** Whether a program of the user's own decides what to try. */
export function hasSchedulerJob(document: SweepDocument, top: MapNode): boolean {
  const block = document.entry(top, 'scheduler')?.value;
  return block !== undefined && isMap(block) && document.entry(block, 'job') !== undefined;
}

/** The search space is defined by the scheduler's source, not by `parameters`. */
export function hasSearchSpace(document: SweepDocument, top: MapNode): boolean {
  const block = document.entry(top, 'scheduler')?.value;
  return block !== undefined && isMap(block) && document.entry(block, 'search_space') !== undefined;
}

/** The method that counts, and where it stands; undefined when the file has none or an unknown one. */
export function methodOf(
  document: SweepDocument,
  top: MapNode,
): { readonly name: Method; readonly entry: Entry } | undefined {
  const block = document.entry(top, 'scheduler')?.value;
  const inner =
    block && isMap(block) && document.entry(block, 'job') ? innerMethod(document, block) : undefined;
  for (const entry of [inner, document.entry(top, 'method')]) {
    const word = entry?.value && isScalar(entry.value) ? scalarValue(entry.value) : undefined;
    const name = methods.find((method) => method === word);
    if (entry && name) return { name, entry };
  }
  return undefined;
}
