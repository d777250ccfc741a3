const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A span of time in ms in at most two units: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`, `3 d 04 h`. Negative spans (a clock that was set back) are 0. */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 9950) return `${(span / second).toFixed(1)} s`;
  if (span < 59_500) return `${Math.round(span / second)} s`;
  if (span < hour - second / 2) return pair(Math.round(span / second), 60, 'min', 's');
  if (span < day - minute / 2) return pair(Math.round(span / minute), 60, 'h', 'min');
  return pair(Math.round(span / hour), 24, 'd', 'h');
}

function pair(total: number, base: number, large: string, small: string): string {
  return `${Math.floor(total / base)} ${large} ${String(total % base).padStart(2, '0')} ${small}`;
}

/** A count of bytes for people: `512 B`, `64 KB`, `1.2 GB` (powers of 1024). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[step] ?? 'B'}`;
}
