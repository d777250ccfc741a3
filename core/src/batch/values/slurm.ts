/** Values that only sbatch(1) has. */
import { pieces } from './lists.ts';
import { bad, good, type Parsed } from './parsed.ts';

/** `2`, `a100:2,v100:1`; the sum of the counts. */
export const readGpus = (text: string): Parsed => {
  let sum = 0;
  for (const part of pieces(text, ',')) {
    // a type alone is one of it
    const match = /^(?:[^\s:=]+:)?(\d{1,9})$|^[A-Za-z][\w.-]*$/.exec(part.text);
    if (!match) return bad(undefined, undefined, [part.from, part.to]);
    sum += Number(match[1] ?? 1);
  }
  return good(sum);
};

/** `gpu:a100:2,tmp:20G`. */
export const readGres = (text: string): Parsed => {
  if (/^(help|none)$/i.test(text)) return good([text]);
  const parts = pieces(text, ',');
  for (const { text: part, from, to } of parts) {
    if (/^\w+=\d+$/.test(part))
      return bad('The count stands behind a colon.', part.replace('=', ':'), [from, to]);
    if (!/^(gres\/|gres:)?[\w.-]+([:/=][\w.+-]+)*([:=]\d+[kmgtp]?)?(\([^)]*\))?$/i.test(part))
      return bad(undefined, undefined, [from, to]);
  }
  return good(parts.map((part) => part.text));
};

/** Signals by name or number, as kill -l has them. */
const signal = /^(?:\{?[RB]{1,2}\}?:)?(?:SIG)?([A-Z][A-Z0-9+-]*|\d{1,2})(?:@(\d+))?$/i;

/** Names of kill -l; Slurm knows some of them only in some versions. */
const signalNames =
  /^(ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|RTMAX.*|RTMIN.*|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|\d+)$/i;

/** `B:USR1@120`. */
export const readSignal = (text: string): Parsed => {
  const match = signal.exec(text);
  if (!match) return bad();
  const [, name = ''] = match;
  if (!signalNames.test(name)) {
    const from = text.indexOf(name);
    return bad(`There is no signal '${name}'.`, undefined, [from, from + name.length]);
  }
  if (match[2] !== undefined && Number(match[2]) > 65_535)
    return bad('At most 65535 seconds may stand behind the @.', undefined, [
      text.indexOf('@') + 1,
      text.length,
    ]);
  return good(text);
};

/** `ALL,A=1`. */
export const readExport = (text: string): Parsed => {
  const parts = pieces(text, ',');
  const gap = parts.find((part) => part.text === '');
  if (gap) return bad('A name is missing.', undefined, [gap.from, gap.to]);
  return good(parts.map((part) => part.text));
};
