/** Functions with what is written above them. */
import type { FunctionDefinition, PythonSource, Stretch } from './source.ts';

export interface Decorator {
  /** `click.option` of `@click.option('--lr')`; empty when it is no plain name. */
  readonly path: readonly string[];
  /** The bracket of its arguments; undefined without one. */
  readonly open: number | undefined;
  readonly at: Stretch;
}

export interface DecoratedFunction {
  readonly definition: FunctionDefinition;
  readonly decorators: readonly Decorator[];
}

/** The functions that have decorators, in the order of the file. */
export function decoratedFunctions(source: PythonSource): readonly DecoratedFunction[] {
  const found: DecoratedFunction[] = [];
  let decorators: Decorator[] = [];
  for (const [index, { from, to }] of source.lines.entries()) {
    if (source.is(from, '@')) {
      decorators.push(decorator(source, from + 1, to));
      continue;
    }
    if (decorators.length === 0) continue;
    const definition = source.functionAt(index);
    if (definition) found.push({ definition, decorators });
    decorators = [];
  }
  return found;
}

function decorator(source: PythonSource, from: number, to: number): Decorator {
  const path: string[] = [];
  let at = from;
  for (let name = source.nameAt(at); name !== undefined; name = source.nameAt(at)) {
    path.push(name);
    at += source.is(at + 1, '.') ? 2 : 1;
    if (!source.is(at - 1, '.')) break;
  }
  const called = source.is(at, '(') && source.partner(at) === to - 1;
  const plain = at === to || called;
  return { path: plain ? path : [], open: called ? at : undefined, at: [from, to] };
}

/** Decorators that do not touch what a command takes: those of training itself. */
export function isBystander({ path: [first] }: Decorator): boolean {
  return first === 'torch' || first === 'tf' || first === 'jax' || first === 'profile';
}
