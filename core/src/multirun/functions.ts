/** The functions of Hydra's override grammar: one row each, with the arguments that it takes. */
import { listed, nearest } from '../sweep/spelling.ts';
import { castNames, castElement, type CastName } from './casts.ts';
import { sortedElements } from './order.ts';
import { Refusal, type MultirunProblemCode, type Span } from './problems.ts';
import { castRange, numberRange, rangeCount, sortedRange, type NumberElement } from './range.ts';
import { mostShuffled, permutation } from './shuffle.ts';
import {
  isSweep,
  nouns,
  text,
  textOf,
  type ChoiceSweep,
  type Element,
  type OverrideValue,
  type RangeSweep,
} from './values.ts';

export interface Argument {
  readonly name: string | undefined;
  readonly value: OverrideValue;
  readonly span: Span;
}

export interface FunctionCall {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly args: readonly Argument[];
}

/** What the calls of one override share. */
export interface Calls {
  /** Decides on every random order: a whole number within +-2^53. */
  readonly seed: number;
  /** A stream of random numbers that no other call of the override has. */
  nextStream(): number;
  warn(code: MultirunProblemCode, message: string, span: Span): void;
}

/**
 * The value of a call.
 * @throws Refusal when there is no such function or it doesn't take these arguments.
 */
export function callFunction(call: FunctionCall, calls: Calls): OverrideValue {
  const row = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  if (row === undefined) {
    const meant = nearest(call.name, functionNames);
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    const message = `There is no function ${call.name}.${hint} There are ${listed(functionNames, 'and')}.`;
    throw new Refusal('multirun-unknown-function', message, call.nameSpan);
  }
  return row.apply(bind(call, row), calls);
}

interface Row {
  /** Names of the arguments that are also known by their place, or `any` for as many as one likes. */
  readonly places: readonly string[] | 'any';
  readonly names?: readonly string[];
  apply(bound: Bound, calls: Calls): OverrideValue;
}

/** A call whose arguments have found their places; texts have lost their quotes. */
interface Bound {
  readonly call: FunctionCall;
  /** Those without a name, of a function that takes any number of them. */
  readonly args: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument>;
}

const functions: Readonly<Record<string, Row>> = {
  choice: { places: 'any', apply: choice },
  range: { places: ['start', 'stop', 'step'], apply: range },
  interval: { places: 'any', names: ['start', 'end'], apply: interval },
  glob: { places: ['include', 'exclude'], apply: glob },
  ...Object.fromEntries(
    castNames.map((name): [string, Row] => [
      name,
      { places: 'any', names: ['value'], apply: (bound, calls) => cast(name, bound, calls) },
    ]),
  ),
  sort: { places: 'any', names: ['sweep', 'list', 'reverse'], apply: sort },
  shuffle: { places: 'any', names: ['sweep', 'list'], apply: shuffle },
  tag: { places: 'any', names: ['sweep'], apply: tag },
  extend_list: { places: 'any', apply: extendList },
};

/** The functions of the override grammar, in the order of their documentation. */
export const functionNames: readonly string[] = Object.keys(functions);

function bind(call: FunctionCall, { places, names = [] }: Row): Bound {
  const args: Argument[] = [];
  const named = new Map<string, Argument>();
  const allowed = places === 'any' ? names : places;
  for (const [place, given] of call.args.entries()) {
    const plain = given.value.kind === 'quoted' ? { ...given, value: text(given.value.text) } : given;
    const name = given.name ?? (places === 'any' ? undefined : places[place]);
    if (name === undefined && places !== 'any') {
      throw argumentRefusal(
        `${call.name}() takes ${listed(places, 'and')}, and nothing after that.`,
        given.span,
      );
    }
    if (name === undefined) {
      args.push(plain);
    } else if (!allowed.includes(name)) {
      const known = allowed.length === 0 ? 'none with a name' : listed(allowed, 'and');
      throw argumentRefusal(`${call.name}() has no argument ${name}; it knows ${known}.`, given.span);
    } else if (named.has(name)) {
      throw argumentRefusal(`The argument ${name} of ${call.name}() is given twice.`, given.span);
    } else {
      named.set(name, plain);
    }
  }
  return { call, args, named };
}

function choice({ call, args }: Bound): ChoiceSweep {
  const [first] = args;
  if (first === undefined) throw argumentRefusal('choice() needs at least one value.', call.span);
  if (args.length === 1 && first.value.kind === 'choice' && first.value.simple) {
    return { ...first.value, simple: false };
  }
  return { kind: 'choice', items: args.map((arg) => element(arg, call)), simple: false, tags: [] };
}

function range({ call, named }: Bound): RangeSweep {
  const first = named.get('start');
  const second = given(named.get('stop'));
  if (first === undefined) {
    throw argumentRefusal('range() needs at least the number to stop before.', call.span);
  }
  const zero: NumberElement = { kind: 'int', value: 0n };
  const one: NumberElement = { kind: 'int', value: 1n };
  const start = second === undefined ? zero : number(first, 'range');
  const stop = number(second ?? first, 'range');
  const by = named.get('step');
  const step = by === undefined ? one : number(by, 'range');
  if (Number(step.value) === 0) {
    throw argumentRefusal('The step of a range cannot be 0: it would never end.', by?.span ?? call.span);
  }
  return ranged(numberRange(start, stop, step), call.span);
}

function ranged(numbers: RangeSweep['range'], span: Span): RangeSweep {
  if (rangeCount(numbers) > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new Refusal('multirun-too-large', 'This range has more than 9 * 10^15 values.', span);
  }
  return { kind: 'range', range: numbers, tags: [] };
}

function interval({ call }: Bound): never {
  throw new Refusal(
    'multirun-interval',
    'interval() is for optimizers that draw from it; a multirun needs values that it can count. Use range(start, stop, step) or choice().',
    call.span,
  );
}

function glob({ call, named }: Bound): OverrideValue {
  const include = named.get('include');
  const exclude = given(named.get('exclude'));
  if (include === undefined) throw argumentRefusal('glob() needs a pattern.', call.span);
  return {
    kind: 'glob',
    include: patterns(include),
    exclude: exclude === undefined ? [] : patterns(exclude),
  };
}

function patterns({ value, span }: Argument): readonly string[] {
  const all = (value.kind === 'list' ? value.items : [value]).map(textOf);
  const texts = all.filter((pattern) => pattern !== undefined);
  if (texts.length === all.length) return texts;
  throw argumentRefusal('A pattern of glob() is a text or a list of texts.', span);
}

function cast(name: CastName, { call, args, named }: Bound, calls: Calls): OverrideValue {
  const value = named.get('value');
  if (args.length > 0 === (value !== undefined)) {
    throw argumentRefusal(`${name}() takes what it casts, either with the name value or without.`, call.span);
  }
  if (name === 'json_str') {
    const message = 'json_str() is deprecated, and only the newest Hydra has it.';
    calls.warn('multirun-deprecated-function', message, call.nameSpan);
  }
  const { value: subject, span } = value ?? (args.length === 1 ? only(args, call) : simpleChoice(args, call));
  switch (subject.kind) {
    case 'choice': {
      const items = subject.items.map((item) => castElement(name, item, span));
      return { kind: 'choice', items, simple: subject.simple, tags: [] };
    }
    case 'range': {
      if (name !== 'int' && name !== 'float') {
        throw argumentRefusal('A range can only be cast to int or float.', span);
      }
      const numbers = castRange(subject.range, name);
      if (numbers !== undefined) return ranged(numbers, call.span);
      throw argumentRefusal('The step of this range would be 0 as an integer.', span);
    }
    case 'glob':
      throw argumentRefusal(`${name}() cannot cast glob().`, span);
    default:
      return castElement(name, subject, span);
  }
}

function sort({ call, args, named }: Bound): OverrideValue {
  const reverse = named.get('reverse');
  if (reverse !== undefined && reverse.value.kind !== 'bool') {
    throw argumentRefusal('reverse is true or false.', reverse.span);
  }
  const direction = reverse?.value.kind === 'bool' && reverse.value.value ? 'descending' : 'ascending';
  const { value: subject, span } = arranged(call, args, named);
  switch (subject.kind) {
    case 'choice':
      return { ...subject, items: sortedElements(subject.items, direction, span) };
    case 'range':
      return { ...subject, range: sortedRange(subject.range, direction) };
    case 'list':
      return { kind: 'list', items: sortedElements(subject.items, direction, span) };
    default:
      return subject;
  }
}

function shuffle({ call, args, named }: Bound, calls: Calls): OverrideValue {
  const { value: subject, span } = arranged(call, args, named);
  const count = shuffledCount(subject);
  if (count > mostShuffled) {
    const message = `shuffle() orders at most ${mostShuffled} values, and there are ${count}.`;
    throw new Refusal('multirun-too-large', message, span);
  }
  const stream = calls.nextStream();
  switch (subject.kind) {
    case 'choice':
    case 'range':
      return { ...subject, shuffle: stream };
    case 'list': {
      const order = permutation(calls.seed, stream, subject.items.length);
      return { kind: 'list', items: Array.from(order, (index) => subject.items[index] ?? { kind: 'null' }) };
    }
    default:
      return { kind: 'list', items: [element({ name: undefined, value: subject, span }, call)] };
  }
}

function shuffledCount(subject: OverrideValue): number {
  if (subject.kind === 'range') return Number(rangeCount(subject.range));
  return subject.kind === 'choice' || subject.kind === 'list' ? subject.items.length : 1;
}

/** What `sort` and `shuffle` work on: a list or sweep by name, the only argument, or a choice of all. */
function arranged(call: FunctionCall, args: readonly Argument[], named: Bound['named']): Argument {
  const list = named.get('list');
  const sweep = named.get('sweep');
  const all = [...args, ...[list, sweep].filter((argument) => argument !== undefined)];
  if (all.length > 1 && all.length > args.length) {
    throw argumentRefusal(`${call.name}() takes one list, one sweep, or values without names.`, call.span);
  }
  if (list !== undefined && list.value.kind !== 'list') {
    throw argumentRefusal('The argument list is a list in brackets.', list.span);
  }
  if (sweep !== undefined && sweep.value.kind !== 'choice' && sweep.value.kind !== 'range') {
    throw argumentRefusal('The argument sweep is a choice or a range.', sweep.span);
  }
  const subject = all.length > 1 ? simpleChoice(args, call) : only(all, call);
  if (subject.value.kind === 'glob' || subject.value.kind === 'extension') {
    throw argumentRefusal(`${call.name}() cannot order ${nouns[subject.value.kind]}.`, subject.span);
  }
  return subject;
}

function tag({ call, args, named }: Bound): OverrideValue {
  const sweep = named.get('sweep') ?? args.at(-1);
  const names = named.has('sweep') ? args : args.slice(0, -1);
  if (sweep === undefined) throw argumentRefusal('tag() needs a sweep as its last argument.', call.span);
  if (sweep.value.kind !== 'choice' && sweep.value.kind !== 'range') {
    const message = `The last argument of tag() is a choice or a range, not ${nouns[sweep.value.kind]}.`;
    throw argumentRefusal(message, sweep.span);
  }
  const tags = names.map(({ value, span }) => {
    if (value.kind === 'text') return value.text;
    throw argumentRefusal(`A tag is a text, not ${nouns[value.kind]}.`, span);
  });
  return { ...sweep.value, tags: [...new Set(tags)] };
}

function extendList({ call, args }: Bound, calls: Calls): OverrideValue {
  const message = 'extend_list() is deprecated, and only the newest Hydra has it.';
  calls.warn('multirun-deprecated-function', message, call.nameSpan);
  return { kind: 'extension', items: args.map((arg) => element(arg, call)) };
}

function only(args: readonly Argument[], call: FunctionCall): Argument {
  const [first] = args;
  if (first !== undefined) return first;
  throw argumentRefusal(`${call.name}() needs at least one value.`, call.span);
}

function simpleChoice(args: readonly Argument[], call: FunctionCall): Argument {
  const items = args.map((arg) => element(arg, call));
  return { name: undefined, value: { kind: 'choice', items, simple: true, tags: [] }, span: call.span };
}

/** The argument when it is one value. */
function element({ value, span }: Argument, call: FunctionCall): Element {
  if (isSweep(value)) {
    const message = `A sweep cannot be one of the values of ${call.name}().`;
    throw new Refusal('multirun-nested-sweep', message, span);
  }
  if (value.kind !== 'extension') return value;
  throw argumentRefusal('extend_list() can only be a whole value.', span);
}

/** The argument, when it isn't null: Python's way to say that there is none. */
function given(argument: Argument | undefined): Argument | undefined {
  return argument?.value.kind === 'null' ? undefined : argument;
}

function number({ value, span }: Argument, name: string): NumberElement {
  if (value.kind !== 'int' && value.kind !== 'float') {
    throw argumentRefusal(`${name}() takes numbers, not ${nouns[value.kind]}.`, span);
  }
  if (value.kind === 'int' || Number.isFinite(value.value)) return value;
  throw argumentRefusal(`${name}() takes finite numbers.`, span);
}

function argumentRefusal(message: string, span: Span): Refusal {
  return new Refusal('multirun-argument', message, span);
}
