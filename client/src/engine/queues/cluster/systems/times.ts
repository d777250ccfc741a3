/** Times as batch systems print them: of the submitting machine's zone, which they don't name. */

/** Milliseconds since 1970 of `2026-11-21T03:09:08` (a blank may stand for the T); undefined for anything else (`N/A`, `Unknown`). */
export function isoTime(text: string | undefined): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return localTime(year, month - 1, day, hour, minute, second);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds since 1970 of `Sat Nov 21 03:09:08 2026`, as ctime(3) writes it; undefined for anything else. */
export function ctime(text: string | undefined): number | undefined {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(text ?? '');
  const month = months.indexOf(match?.[1] ?? '');
  if (match === null || month < 0) return undefined;
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = match.slice(2).map(Number);
  return localTime(year, month, day, hour, minute, second);
}

/** Milliseconds of seconds since 1970, where 0 and less stand for no time. */
export function epochTime(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function localTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (year < 1971 || month > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return undefined;
  return new Date(year, month, day, hour, minute, second).getTime();
}
