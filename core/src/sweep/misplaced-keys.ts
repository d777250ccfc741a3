/** Keys at the top of a file that belong further in: an indentation too few, or a section that was left out. */
import { isMap, isScalar } from 'yaml';
import { definitionKeys } from './definition.ts';
import type { TreeNode } from './nodes.ts';
import type { ForeignKeys } from './shape-report.ts';
import { keysOf } from './shape-schemas.ts';
import { listed, nearest } from './spelling.ts';

/** Where a key belongs that means nothing at the top. */
const sections: readonly { readonly section: string; readonly keys: readonly string[] }[] = [
  { section: 'early_terminate', keys: ['min_iter', 'max_iter', 'eta', 'strict'] },
  { section: 'metric', keys: ['goal', 'target', 'impute', 'impute_while_running'] },
  { section: 'scheduler', keys: ['num_workers'] },
  { section: 'launch', keys: ['queue', 'resource', 'resource_args', 'template_variables', 'priority'] },
];

const sectionOf = (name: string): string | undefined =>
  sections.find(({ keys }) => keys.includes(name))?.section;

/** Whether a value is what stands behind the name of a parameter: `{values: [1, 2]}`; with an anchor, it is meant for others. */
function isDefinition(value: TreeNode | undefined): boolean {
  return (
    value !== undefined &&
    isMap(value) &&
    value.anchor === undefined &&
    value.items.length > 0 &&
    value.items.every(
      ({ key, value: held }) =>
        isScalar(key) && definitionKeys.has(String(key.value)) && (!isMap(held) || key.value === 'value'),
    )
  );
}

const homeOf = (name: string): string => sectionOf(name) ?? 'parameters';

/** The keys at the top that are in the wrong place, for `checkShape`. */
export const misplacedAtTop: ForeignKeys = {
  has: (name, value) =>
    sectionOf(name) !== undefined || (isDefinition(value) && nearest(name, keysOf('sweep')) === undefined),
  group: homeOf,
  sentence: (names) => {
    const what = listed(
      names.map((name) => `'${name}'`),
      'and',
    );
    return `${what} ${names.length === 1 ? 'belongs' : 'belong'} under '${homeOf(names[0] ?? '')}'.`;
  },
  listsAllowed: false,
};
