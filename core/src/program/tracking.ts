/**
 * Follows a value (a parser, a configuration) by the names it is given, through the functions of the file.
 * Names count whatever their scope, so that nothing is missed; what can't be followed is an escape.
 */
import { parameterOf, useOf, type Use } from './uses.ts';
import type { PythonSource, Stretch } from './source.ts';

export interface Tracking {
  /**
   * What is made of an attribute of the value. The expression that is the value again (`parser.add_argument_group(…)`)
   * comes back as a stretch to be followed in turn; `undefined` when the use is fine, `escape` when it isn't.
   */
  attribute(use: Use & { kind: 'attribute' }, from: number): Stretch | 'escape' | undefined;
  /** Whether `value[…]` is fine. */
  item(use: Use & { kind: 'item' }, from: number): boolean;
  /** Whether the value may be an argument of a call that leads out of the file. */
  argument(use: Use & { kind: 'argument' }, from: number): boolean;
  /** Whether a value that is neither assigned nor passed on may stand where it stands. */
  other(stretch: Stretch): boolean;
}

/** Most steps on the way of one value: far more than a program has, if it isn't made to have them. */
const mostSteps = 100_000;

/** Follows the value of these expressions; tells whether everything that happens to it is known. */
export function followed(source: PythonSource, seeds: readonly Stretch[], tracking: Tracking): boolean {
  const follower = new Follower(source, tracking);
  for (const seed of seeds) follower.expect(seed);
  return follower.run();
}

class Follower {
  readonly #source: PythonSource;
  readonly #tracking: Tracking;
  readonly #pending: Stretch[] = [];
  /** Where expressions begin that are the value. */
  readonly #starts = new Set<number>();
  readonly #names = new Set<string>();
  readonly #functions = new Set<string>();
  /** Where names of the value get what they are: has to be the value each time. */
  readonly #assigned: number[] = [];
  #known = true;

  constructor(source: PythonSource, tracking: Tracking) {
    this.#source = source;
    this.#tracking = tracking;
  }

  expect(stretch: Stretch): void {
    this.#starts.add(stretch[0]);
    this.#pending.push(stretch);
  }

  run(): boolean {
    let steps = 0;
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) {
      if (++steps > mostSteps) return false;
      this.#follow(next);
    }
    return this.#known && this.#assigned.every((start) => this.#starts.has(start) || this.#isNone(start));
  }

  #isNone(start: number): boolean {
    return this.#source.is(start, 'None') && this.#source.isEnd(start + 1);
  }

  #follow(stretch: Stretch): void {
    const source = this.#source;
    const [from] = stretch;
    const use = useOf(source, stretch);
    switch (use.kind) {
      case 'attribute': {
        const result = this.#tracking.attribute(use, from);
        if (result === 'escape') this.#known = false;
        else if (result) this.expect(result);
        return;
      }
      case 'item':
        this.#known &&= this.#tracking.item(use, from);
        return;
      case 'assigned':
        for (const target of use.targets) this.#name(target);
        return;
      case 'bound':
        if (use.by === 'assignment') this.#assigned.push(use.value);
        else if (use.by === 'other') this.#known &&= this.#isContext(from);
        return;
      case 'returned': {
        const name = source.functionAround(use.line);
        if (name === undefined) this.#known = false;
        else this.#returnedBy(name);
        return;
      }
      case 'argument': {
        const parameter = parameterOf(source, use);
        if (parameter !== undefined) this.#alias([parameter]);
        else this.#known &&= this.#tracking.argument(use, from);
        return;
      }
      case 'neutral':
        return;
      case 'call':
      case 'other': {
        const [, to] = stretch;
        const name = source.is(to, 'as') ? source.nameAt(to + 1) : undefined;
        if (name !== undefined) this.#alias([name]);
        else this.#known &&= this.#tracking.other(stretch);
      }
    }
  }

  /** `with value as name`: the name is the value by that. */
  #isContext(at: number): boolean {
    const line = this.#source.lines[this.#source.lineOf(at)];
    const head = line && this.#source.is(line.from, 'async') ? line.from + 1 : line?.from;
    return head !== undefined && this.#source.is(head, 'with') && this.#source.is(at - 1, 'as');
  }

  #name([from, to]: Stretch): void {
    const path = this.#source.pathEndingAt(to - 1);
    if (path?.from !== from || path.path.length > 2 || (path.path.length === 2 && path.path[0] !== 'self'))
      this.#known = false;
    else this.#alias(path.path);
  }

  #alias(path: readonly string[]): void {
    const name = path.join('.');
    if (this.#names.has(name)) return;
    this.#names.add(name);
    const source = this.#source;
    const last = path.at(-1) ?? '';
    if (path.length === 1) {
      for (const at of source.variables(last)) this.expect([at, at + 1]);
      return;
    }
    for (const at of source.occurrences(last)) {
      if (!source.is(at - 1, '.')) continue;
      if (source.is(at - 2, 'self') && !source.is(at - 3, '.')) {
        // a second assignment needs no check of its own: what it assigns is followed or is an escape
        if (source.is(at + 1, '=') && source.enclosing(at) < 0) this.#assigned.push(at + 2);
        else this.expect([at - 2, at + 1]);
      } else this.#known = false;
    }
  }

  /** The calls of a function that returns the value are the value. */
  #returnedBy(name: string): void {
    if (this.#functions.has(name)) return;
    this.#functions.add(name);
    const source = this.#source;
    if (source.functionsNamed(name).length !== 1) {
      this.#known = false;
      return;
    }
    for (const at of source.occurrences(name)) {
      if (source.is(at - 1, 'def')) continue;
      const path = source.pathEndingAt(at);
      const close = source.is(at + 1, '(') ? source.partner(at + 1) : -1;
      if (!path || close < 0) this.#known = false;
      else this.expect([path.from, close + 1]);
    }
  }
}
