/**
 * Times as the batch systems write them; canonical are seconds. The same text means different things: `90`
 * is 90 minutes for Slurm and LSF, 90 seconds for PBS and Grid Engine, 90 hours for OAR.
 */

const minute = 60;
const hour = 3600;
const day = 86_400;

/** Seconds of an unlimited Slurm time. */
export const unlimited = -1;

/**
 * Slurm: `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M`, `D-H:M:S`, `UNLIMITED`, `INFINITE`, `0` and `-1` (sbatch(1)), and `D-`.
 * Seconds as written, before Slurm rounds up to minutes; `unlimited` where there is no limit; undefined when
 * it is none of these.
 */
export function parseSlurmTime(text: string): number | undefined {
  if (text === '-1' || /^(unlimited|infinite)$/i.test(text)) return unlimited;
  const days = /^(\d+)-(?:(\d+)(?::(\d+)(?::(\d+))?)?)?$/.exec(text);
  if (days) {
    const [, d, h, m, s] = days;
    return safe(Number(d) * day + Number(h ?? 0) * hour + Number(m ?? 0) * minute + Number(s ?? 0));
  }
  const plain = /^(\d+)(?::(\d+)(?::(\d+))?)?$/.exec(text);
  if (!plain) return undefined;
  const [, a, b, c] = plain;
  if (c !== undefined) return safe(Number(a) * hour + Number(b) * minute + Number(c));
  return safe(Number(a) * minute + Number(b ?? 0));
}

/** Seconds as `H:MM:SS`, from a day on as `D-HH:MM:SS`, rounded up to minutes as Slurm does. */
export function formatSlurmTime(seconds: number): string {
  if (seconds === unlimited) return 'UNLIMITED';
  const whole = Math.ceil(seconds / minute) * minute;
  const days = Math.floor(whole / day);
  const rest = clock(whole - days * day);
  return days > 0 ? `${days}-${rest}` : rest;
}

/**
 * Grid Engine (complex(5), TIME): seconds, or `H:M:S` with both colons whose parts may be empty; each part
 * decimal, octal with `0` or hexadecimal with `0x`.
 */
export function parseSgeTime(text: string): number | undefined {
  if (/^infinity$/i.test(text)) return Number.MAX_SAFE_INTEGER;
  const parts = text.split(':');
  if (parts.length !== 1 && parts.length !== 3) return undefined;
  if (parts.length === 1 && text === '') return undefined;
  const numbers = parts.map((part) => (part === '' ? 0 : cNumber(part, parts.length === 1)));
  if (numbers.some((number) => number === undefined)) return undefined;
  const [a = 0, b = 0, c = 0] = numbers;
  return safe(parts.length === 1 ? a : a * hour + b * minute + c);
}

function cNumber(text: string, octal: boolean): number | undefined {
  if (/^0x[\da-f]+$/i.test(text)) return Number.parseInt(text, 16);
  // `08:00:00` is written by everybody and taken as eight hours
  if (octal && /^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** PBS (pbs_resources(7B)): seconds, or `[[H:]M:]S[.ms]`. Seconds, fractions rounded up. */
export function parsePbsTime(text: string): number | undefined {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)$/.exec(text);
  if (!match) return undefined;
  const [, h, m, s] = match;
  return safe(Math.ceil(Number(h ?? 0) * hour + Number(m ?? 0) * minute + Number(s)));
}

/** LSF (bsub(1), -W): `[hours:]minutes`, with `/host` behind it. Seconds. */
export function parseLsfTime(text: string): number | undefined {
  const match = /^(?:(\d+):)?(\d+)(?:\/[\w.-]+)?$/.exec(text);
  if (!match) return undefined;
  const [, h, m] = match;
  return safe(Number(h ?? 0) * hour + Number(m) * minute);
}

/** Seconds as LSF's `hours:minutes`, rounded up to minutes. */
export function formatLsfTime(seconds: number): string {
  const minutes = Math.ceil(seconds / minute);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
}

/** OAR (oarsub(1), walltime): `H`, `H:M` or `H:M:S`. Seconds. */
export function parseOarTime(text: string): number | undefined {
  const match = /^(\d+)(?::(\d+)(?::(\d+))?)?$/.exec(text);
  if (!match) return undefined;
  const [, h, m, s] = match;
  return safe(Number(h) * hour + Number(m ?? 0) * minute + Number(s ?? 0));
}

/** Seconds as `HH:MM:SS`, hours without limit: Grid Engine, PBS and OAR read it alike. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${two(Math.floor(whole / hour))}:${two(Math.floor((whole % hour) / minute))}:${two(whole % minute)}`;
}

/** Seconds for people: `1 d 2 h 30 min`. */
export function inWords(seconds: number): string {
  if (seconds === unlimited) return 'no limit';
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / day), 'd'],
    [Math.floor((seconds % day) / hour), 'h'],
    [Math.floor((seconds % hour) / minute), 'min'],
    [seconds % minute, 's'],
  ];
  const parts = units.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

const unitSeconds: Readonly<Record<string, number>> = { d: day, h: hour, m: minute, s: 1 };

/**
 * Seconds of a time as people write it: `24h`, `1d12h`, `90 min`, `2 days`, `1-12:00`, `1:00:00:00`; undefined
 * when that can't be told. For suggestions only.
 */
export function guessTime(text: string): number | undefined {
  const pieces = [
    ...text
      .toLowerCase()
      .matchAll(
        /(\d+(?:\.\d+)?)\s*(d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:utes?|s)?)?|s(?:ec(?:onds?|s)?)?)(?![a-z])/g,
      ),
  ];
  if (
    pieces.length > 0 &&
    pieces.map(([all]) => all).join('').length === text.replace(/(?<=\S)[\s,]+(?=\d)/g, '').length
  )
    return safe(
      pieces.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit?.[0] ?? ''] ?? 0), 0),
    );
  const four = /^(\d+):(\d+):(\d+):(\d+)$/.exec(text);
  if (four) {
    const [, d, h, m, s] = four;
    return safe(Number(d) * day + Number(h) * hour + Number(m) * minute + Number(s));
  }
  return text.includes('-') ? parseSlurmTime(text) : undefined;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Numbers beyond this are no times any more. */
const safe = (seconds: number): number => Math.min(seconds, Number.MAX_SAFE_INTEGER);
