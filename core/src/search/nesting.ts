import type { Parameter } from '../sweep/sweep.ts';
import type { Parameters, Value } from '../value.ts';

type Branch = Map<string, Branch | number>;

/**
 * Puts flattened parameters back into nested maps, names in the order of `parameters`.
 * @returns a function from the value of each parameter, by its place in `parameters`, to the parameters
 *   of a job. Any name is an own property of the result, `__proto__` too.
 */
export function nesting(parameters: readonly Parameter[]): (valueOf: (place: number) => Value) => Parameters {
  const root: Branch = new Map();
  for (const [place, { path }] of parameters.entries()) {
    let branch = root;
    for (const name of path.slice(0, -1)) {
      const next = branch.get(name);
      if (next instanceof Map) branch = next;
      else branch.set(name, (branch = new Map()));
    }
    branch.set(path.at(-1) ?? '', place);
  }
  return (valueOf) => nested(root, valueOf);
}

function nested(branch: Branch, valueOf: (place: number) => Value): Parameters {
  // fromEntries defines properties, so that no name reaches the prototype
  return Object.fromEntries(
    Array.from(branch, ([name, inner]) => [
      name,
      inner instanceof Map ? nested(inner, valueOf) : valueOf(inner),
    ]),
  );
}
