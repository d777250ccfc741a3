/** Points in time as sbatch(1) reads them behind --begin and --deadline (parse_time). */

interface Part {
  readonly pattern: RegExp;
  readonly kind: 'date' | 'time';
  readonly fits?: (fields: readonly (string | undefined)[]) => boolean;
}

const upTo = (text: string | undefined, most: number, least = 0): boolean =>
  text === undefined || (Number(text) >= least && Number(text) <= most);

const parts: readonly Part[] = [
  { pattern: /(?:today|tomorrow)/iy, kind: 'date' },
  { pattern: /(?:midnight|noon|fika|teatime)/iy, kind: 'time' },
  {
    pattern: /(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([ap]m))?/iy,
    kind: 'time',
    fits: ([hour, minute, second, half]) =>
      (half === undefined ? upTo(hour, 23) : upTo(hour, 12, 1)) && upTo(minute, 59) && upTo(second, 59),
  },
  {
    pattern: /\d{4}-(\d{2})-(\d{2})(?!\d)/y,
    kind: 'date',
    fits: ([month, day]) => upTo(month, 12, 1) && upTo(day, 31, 1),
  },
  {
    pattern: /(\d{1,2})\/(\d{1,2})(?:\/\d{2})?(?![\d/])/y,
    kind: 'date',
    fits: ([month, day]) => upTo(month, 12, 1) && upTo(day, 31, 1),
  },
  {
    pattern: /(\d{1,2})\.(\d{1,2})\.\d{2,4}(?!\d)/y,
    kind: 'date',
  },
  {
    pattern: /(\d{2})(\d{2})(?:\d{2})?(?!\d)/y,
    kind: 'date',
    fits: ([month, day]) => upTo(month, 12, 1) && upTo(day, 31, 1),
  },
];

const relative = /^now(?: *[-+] *\d+ *(?:seconds?|minutes?|hours?|days?|weeks?)?)?$/i;

/** Whether sbatch takes the text for a point in time: a date, a time of day, both in either order, or `now+1hour`. */
export function isSlurmWhen(text: string): boolean {
  const when = text.trim();
  if (relative.test(when)) return true;
  const found = new Set<Part['kind']>();
  let at = 0;
  while (at < when.length) {
    const part = parts
      .map(({ pattern, kind, fits }) => {
        pattern.lastIndex = at;
        const match = pattern.exec(when);
        return match && (fits?.(match.slice(1)) ?? true) ? { kind, end: at + match[0].length } : undefined;
      })
      .find((one) => one !== undefined);
    if (part === undefined || found.has(part.kind)) return false;
    found.add(part.kind);
    at = part.end;
    // a T parts a date from the time behind it
    const gap = /^(?: +|T(?=\d{1,2}:)|-(?=\d{1,2}:))/i.exec(when.slice(at))?.[0].length ?? 0;
    at += gap;
  }
  return found.size > 0;
}
