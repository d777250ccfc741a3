/** Amounts of memory as the batch systems write them; canonical are bytes. */

export const KiB = 1024;
export const MiB = KiB ** 2;
export const GiB = KiB ** 3;
const binary: Readonly<Record<string, number>> = {
  '': 1,
  k: KiB,
  m: MiB,
  g: GiB,
  t: KiB ** 4,
  p: KiB ** 5,
  e: KiB ** 6,
};

/** Slurm (sbatch(1), --mem): a whole number, MiB without a letter; `K M G T`, either case, `B` behind it if you like. */
export function parseSlurmSize(text: string): number | undefined {
  const match = /^(\d+)([kmgt])?b?$/i.exec(text);
  if (!match || /^\d+b$/i.test(text)) return undefined;
  return scaled(match[1], binary[(match[2] ?? 'm').toLowerCase()]);
}

/** Grid Engine (complex(5), MEMORY): `K M G T` are binary, `k m g t` decimal, a plain number is bytes. */
export function parseSgeSize(text: string): number | undefined {
  if (/^infinity$/i.test(text)) return Number.MAX_SAFE_INTEGER;
  const match = /^(\d+(?:\.\d+)?|0x[\da-f]+)([kmgtKMGT])?$/.exec(text);
  if (!match) return undefined;
  const letter = match[2] ?? '';
  const exponent = 'kmgt'.indexOf(letter.toLowerCase()) + 1;
  return scaled(
    match[1],
    letter === '' ? 1 : letter === letter.toLowerCase() ? 1000 ** exponent : KiB ** exponent,
  );
}

/** PBS (pbs_resources(7B), size): `b`, `kb`... or `w`, `kw`... for words of 8 bytes; either case; a bare letter such as `4g` is taken too. */
export function parsePbsSize(text: string): number | undefined {
  const match = /^(\d+)([kmgtp]?)([bw]?)$/i.exec(text);
  if (!match) return undefined;
  const [, count, letter = '', unit = ''] = match;
  const factor = binary[letter.toLowerCase()];
  return scaled(count, factor === undefined ? undefined : factor * (unit.toLowerCase() === 'w' ? 8 : 1));
}

/**
 * LSF (bsub(1), -M): a number with `KB MB GB TB PB EB` or one letter. Without a unit the site decides
 * (`LSF_UNIT_FOR_LIMITS`); KB, the default, is taken here.
 */
export function parseLsfSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtpe])?b?!?$/i.exec(text);
  if (!match || /^[\d.]+b$/i.test(text)) return undefined;
  return scaled(match[1], binary[(match[2] ?? 'k').toLowerCase()]);
}

function scaled(count: string | undefined, factor: number | undefined): number | undefined {
  if (count === undefined || factor === undefined) return undefined;
  return Math.min(Math.ceil(Number(count) * factor), Number.MAX_SAFE_INTEGER);
}

/** Bytes as whole MiB, or GiB where that is exact, with the given letters behind: `8G`, `512M`. Rounds up. */
export function formatSize(bytes: number, letters: { readonly mega: string; readonly giga: string }): string {
  const mebibytes = Math.ceil(bytes / MiB);
  return mebibytes > 0 && mebibytes % KiB === 0
    ? `${mebibytes / KiB}${letters.giga}`
    : `${mebibytes}${letters.mega}`;
}

/** Bytes for people: `1.5 GiB`. */
export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= KiB && unit < units.length - 1) {
    value /= KiB;
    unit++;
  }
  return `${Number(value.toPrecision(4))} ${units[unit] ?? ''}`;
}

/** Bytes of an amount as people write it: `1.5G`, `16 GB`, `16GiB`, `4g`; for suggestions only. */
export function guessSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp])?i?b?(?:yte)?s?$/i.exec(text.trim());
  return match ? scaled(match[1], binary[(match[2] ?? 'm').toLowerCase()]) : undefined;
}
