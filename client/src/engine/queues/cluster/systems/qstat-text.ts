/**
 * The text of `qstat -f`: blocks of `name = value` lines, each begun by `Job Id:` and ended by an empty line. Long
 * values go on in lines that begin with a tab. Slurm's `qstat` indents the attributes themselves by a tab.
 */
import type { PbsAttributes } from './pbs-jobs.ts';

export interface QstatBlock {
  readonly id: string;
  readonly attributes: PbsAttributes;
}

const HEAD = /^Job Id:\s*(\S+)\s*$/;
const ATTRIBUTE = /^(\s+)([A-Za-z_][\w.-]*) = (.*)$/;

/**
 * The blocks in their order. A block without its end (the text was cut) is left out. Of an attribute that stands
 * twice the first counts: values that hold line breaks can look like attributes.
 */
export function readQstatText(text: string): readonly QstatBlock[] {
  const blocks: QstatBlock[] = [];
  let open:
    { id: string; attributes: Map<string, string>; indent: string | undefined; last: string } | undefined;
  const lines = text.split('\n');
  // what stands behind the last line break is no whole line
  for (const line of lines.slice(0, -1)) {
    const head = HEAD.exec(line);
    if (head !== null) {
      open = { id: head[1] ?? '', attributes: new Map(), indent: undefined, last: '' };
      continue;
    }
    if (open === undefined) continue;
    if (line.trim() === '') {
      if (open.attributes.size > 0) blocks.push({ id: open.id, attributes: open.attributes });
      open = undefined;
      continue;
    }
    const found = ATTRIBUTE.exec(line);
    const [, indent = '', name = '', value = ''] = found ?? [];
    if (found !== null && indent === (open.indent ??= indent)) {
      if (!open.attributes.has(name)) open.attributes.set(name, value);
      open.last = name;
    } else if (line.startsWith('\t')) {
      open.attributes.set(open.last, (open.attributes.get(open.last) ?? '') + line.slice(1));
    }
  }
  return blocks;
}
