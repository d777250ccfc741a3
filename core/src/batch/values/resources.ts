/** Requests for nodes and their parts, in the languages of OAR, TORQUE, PBS Pro and LSF. */
import { pieces } from './lists.ts';
import { bad, good, type Parsed } from './parsed.ts';
import { parsePbsSize } from './size.ts';
import { clock, guessTime, parseOarTime } from './time.ts';

/**
 * OAR: `[{sql}]/property=count[/property=count...][+...][,walltime=H[:M[:S]]]` (oarsub(1), -l). Gives the
 * walltime in seconds.
 */
export function parseOarResources(text: string): Parsed {
  const parts = pieces(text, ',');
  let seconds: number | undefined;
  for (const { text: part, from, to } of parts) {
    const trimmed = part.trim();
    const walltime = /^walltime\s*=\s*(.*)$/.exec(trimmed);
    if (walltime) {
      const value = walltime[1] ?? '';
      seconds = parseOarTime(value);
      if (seconds === undefined) {
        const meant = guessTime(value);
        return bad(
          'walltime takes hours, hours:minutes or hours:minutes:seconds.',
          meant === undefined ? undefined : clock(meant),
          [to - value.length, to],
        );
      }
      continue;
    }
    if (trimmed === '') return bad('Something is missing at the comma.', undefined, [from, to]);
    for (const group of pieces(
      trimmed.replace(/\{[^{}]*\}/g, (sql) => ' '.repeat(sql.length)),
      '+',
    )) {
      for (const level of group.text
        .trim()
        .split('/')
        .filter((one) => one !== '')) {
        if (!/^\s*[A-Za-z_]\w*\s*=\s*(\d+|ALL|BEST)\s*$/.test(level))
          return bad(`'${level.trim()}' is not of the form property=count.`, undefined, [from, to]);
      }
    }
  }
  return good(seconds === undefined ? {} : { walltime: seconds });
}

/** TORQUE's `nodes=`: `count or name[:ppn=P][:gpus=G][:property...][+...]`. */
export function checkTorqueNodes(text: string): Parsed {
  for (const { text: part, from, to } of pieces(text, '+')) {
    const [first = '', ...rest] = part.split(':');
    if (first === '') return bad('The number of nodes, or a node name, is missing.', undefined, [from, to]);
    let at = from + first.length + 1;
    for (const piece of rest) {
      const count = /^(ppn|gpus|mics)=(.*)$/.exec(piece);
      if (count && !/^[1-9]\d*$/.test(count[2] ?? '') && !(count[1] !== 'ppn' && count[2] === '0'))
        return bad(`${count[1] ?? ''} takes a whole number.`, undefined, [at, at + piece.length]);
      if (piece === '') return bad('Something is missing between two colons.', undefined, [from, to]);
      at += piece.length + 1;
    }
  }
  return good(text);
}

const chunkCounts = new Set(['ncpus', 'mpiprocs', 'ompthreads', 'ngpus', 'naccelerators']);
const chunkSizes = new Set(['mem', 'vmem', 'accelerator_memory']);

/** PBS Pro's `select=`: `[count:]resource=value[:resource=value...][+...]` (pbs_resources(7B)). */
export function checkSelect(text: string): Parsed {
  for (const { text: part, from, to } of pieces(text, '+')) {
    if (part === '') return bad('A chunk is missing.', undefined, [from, to]);
    for (const [index, piece] of pieces(part, ':').entries()) {
      const at: readonly [number, number] = [from + piece.from, from + piece.to];
      if (index === 0 && /^\d+$/.test(piece.text)) continue;
      const match = /^([A-Za-z_][\w-]*)=(.+)$/.exec(piece.text);
      if (!match) return bad(`'${piece.text}' is not of the form resource=value.`, undefined, at);
      const [, name = '', value = ''] = match;
      if (chunkCounts.has(name) && !/^\d+$/.test(value))
        return bad(`${name} takes a whole number.`, undefined, [at[1] - value.length, at[1]]);
      if (chunkSizes.has(name) && parsePbsSize(value) === undefined)
        return bad(`${name} takes a whole number with kb, mb, gb or tb behind it.`, undefined, [
          at[1] - value.length,
          at[1],
        ]);
    }
  }
  return good(text);
}

/** PBS Pro's `place=`. */
export function checkPlace(text: string): Parsed {
  return /^(free|pack|scatter|vscatter|excl|shared|exclhost|group=[\w.-]+)(:(excl|shared|exclhost|group=[\w.-]+))*$/.test(
    text,
  )
    ? good(text)
    : bad(
        'place takes free, pack, scatter or vscatter, with :excl, :shared, :exclhost or :group=resource behind it.',
      );
}

const sections = ['select', 'order', 'rusage', 'span', 'same', 'cu', 'affinity'];

/** LSF's resource requirement: sections with brackets, or a bare selection (lsf.conf(5), "Resource requirement strings"). */
export function checkLsfResources(text: string): Parsed {
  const stack: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[') stack.push(at);
    else if (text[at] === ']' && stack.pop() === undefined)
      return bad('A closing bracket has no opening one.', undefined, [at, at + 1]);
  }
  const open = stack.at(-1);
  if (open !== undefined) return bad('A bracket is not closed.', undefined, [open, text.length]);
  for (const { 1: name = '', index } of text.matchAll(/(?:^|[\s}{)(])([A-Za-z_]\w*)\s*\[/g)) {
    if (sections.includes(name)) continue;
    const at = text.indexOf(name, index);
    return bad(`'${name}' is no section; ${sections.join(', ')} are.`, undefined, [at, at + name.length]);
  }
  return good({ text });
}
