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

interface OpenBlock {
  readonly id: string;
  readonly attributes: Map<string, string>;
  indent?: string;
  last: string;
}

/**
 * The blocks in their order. One that does not end in an empty line (the text was cut) is left out. Of an attribute that
 * stands twice the first counts: values that hold line breaks can look like attributes. An empty line inside a value ends
 * the block too: what stands behind it is missing then, and never another job's.
 */
export function readQstatText(text: string): readonly QstatBlock[] {
  const blocks: QstatBlock[] = [];
  let open: OpenBlock | undefined;
  // what stands behind the last line break is no whole line
  for (const line of text.split('\n').slice(0, -1)) {
    const head = HEAD.exec(line);
    if (head !== null) open = { id: head[1] ?? '', attributes: new Map(), last: '' };
    else if (open !== undefined && line.trim() !== '') takeLine(open, line);
    else if (open !== undefined) {
      if (open.attributes.size > 0) blocks.push({ id: open.id, attributes: open.attributes });
      open = undefined;
    }
  }
  return blocks;
}

function takeLine(block: OpenBlock, line: string): void {
  const { attributes } = block;
  const found = ATTRIBUTE.exec(line);
  const [, indent = '', name = '', value = ''] = found ?? [];
  if (found !== null && indent === (block.indent ??= indent)) {
    if (!attributes.has(name)) attributes.set(name, value);
    block.last = name;
  } else if (line.startsWith('\t')) {
    attributes.set(block.last, (attributes.get(block.last) ?? '') + line.slice(1));
  }
}
