/** Indices of array tasks as ranges, the way most systems write them: `0-4,10,12-20:2`. */
import type { NativeId } from '../batch-system.ts';

/** No array of any system is longer; a longer text is nonsense. */
const mostTasks = 1_000_000;

/** The indices that a text such as `0-4,10,12-20:2` names; undefined when it is nothing of the kind. */
export function tasksIn(text: string): readonly number[] | undefined {
  const tasks: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    const step = Math.max(1, Number(match[3] ?? 1));
    if ((last - first) / step + tasks.length > mostTasks) return undefined;
    for (let task = first; task <= last; task += step) tasks.push(task);
  }
  return tasks;
}

/** The indices as the fewest ranges, ascending: `['0-4', '10']`. */
export function rangesOf(tasks: readonly number[]): readonly string[] {
  const sorted = [...new Set(tasks)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const task of sorted) {
    const last = ranges.at(-1);
    if (last?.[1] === task - 1) last[1] = task;
    else ranges.push([task, task]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}

/** The ids by the array or job that they belong to: its tasks, none when the whole is meant. */
export function byBase(ids: readonly NativeId[]): ReadonlyMap<string, readonly number[]> {
  const bases = new Map<string, number[]>();
  const whole = new Set<string>();
  for (const { base, task } of ids) {
    const tasks = bases.get(base) ?? [];
    bases.set(base, tasks);
    if (task === undefined) whole.add(base);
    else tasks.push(task);
  }
  for (const base of whole) bases.set(base, []);
  return bases;
}
