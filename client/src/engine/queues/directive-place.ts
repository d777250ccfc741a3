/** Where a person wrote a directive of a submission: in a sweep file's `launch.resource_args`, or in the settings. Pure. */
import { isMap, isSeq } from 'yaml';
import type { System } from '#core/batch/systems.ts';
import { toJson } from '#core/sweep/assemble.ts';
import { type Entry, spanOf, SweepDocument, type TreeNode } from '#core/sweep/document.ts';
import type { Range } from '#core/text.ts';
import { directivesOf } from './cluster/directives.ts';
import { batchSystems } from './cluster/systems/index.ts';

/** The entry of `launch.resource_args` that makes the directive; undefined when none does. Never throws. */
export function placeInSweepFile(text: string, directive: string, system: System): Range | undefined {
  const document = new SweepDocument(text);
  const map = document.at(['launch', 'resource_args']);
  const own = document.at(['launch', 'resource_args', system]);
  for (const node of [own, map]) {
    if (node === undefined || !isMap(node)) continue;
    for (const entry of document.entries(node)) {
      if (entry.name === system) continue;
      const found = placeInEntry(document, entry, directive, system);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The directive in `sweepdeck.queues` of a settings file or a workspace file, which may have comments; undefined when
 * the queue has no such line there. Never throws.
 */
export function placeInSettings(
  text: string,
  directive: string,
  queue: { readonly name: string; readonly system: System },
): Range | undefined {
  const document = new SweepDocument(blankComments(text));
  for (const above of [[], ['settings']]) {
    const list = document.at([...above, 'sweepdeck.queues', queue.name, 'directives']);
    const found = list && placeInList(document, list, directive, queue.system);
    if (found !== undefined) return found;
  }
  return undefined;
}

function placeInEntry(
  document: SweepDocument,
  { name, key, value, written, inherited }: Entry,
  directive: string,
  system: System,
): Range | undefined {
  if (value === undefined) return undefined;
  if (name === 'directives' && isSeq(value)) return placeInList(document, value, directive, system);
  const { lines } = directivesOf(batchSystems[system], [], { [name]: toJson(document.value(value)) });
  if (!has(lines, directive)) return undefined;
  // what comes in by a merge stands elsewhere
  return document.range(inherited ? spanOf(value) : [spanOf(key)[0], written[1]]);
}

function placeInList(
  document: SweepDocument,
  list: TreeNode,
  directive: string,
  system: System,
): Range | undefined {
  if (!isSeq(list)) return undefined;
  for (const item of document.items(list)) {
    const line = item && document.value(item);
    if (item === undefined || typeof line !== 'string') continue;
    if (has(directivesOf(batchSystems[system], [line]).lines, directive)) return document.range(spanOf(item));
  }
  return undefined;
}

const has = (lines: readonly string[], directive: string): boolean =>
  lines.some((line) => line.trim() === directive.trim());

/** Comments as blanks, so that every place stays where it is; the commas that JSON forbids are none of YAML's concern. */
function blankComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (comment, kept?: string) => kept ?? comment.replace(/[^\n]/g, ' '),
  );
}
