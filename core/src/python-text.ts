/**
 * Values as Python prints them, because that is what a training program written in Python, or a person
 * used to one, expects on a command line: `--flag=True`, `--lr=1e-05`, `--layers=[64, 'relu', None]`.
 */
import { Float, isList, type Value } from './value.ts';

/** The value as Python's `str()` gives it: strings bare, everything else as `repr()`. */
export function pythonStr(value: Value): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** The value as Python's `repr()` gives it: `None`, `True`, `1e-05`, `'text'`, `[1, 'a']`, `{'lr': 0.1}`. */
export function pythonRepr(value: Value): string {
  return print(value, REPR);
}

/**
 * The value as Python's `json.dumps()` gives it with its defaults: a space after commas and colons,
 * everything outside printable ASCII escaped, `NaN` and `Infinity` for floats that aren't finite.
 */
export function pythonJson(value: Value): string {
  return print(value, JSON_DUMPS);
}

/** What differs between the two notations. */
interface Notation {
  readonly none: string;
  readonly true: string;
  readonly false: string;
  readonly nan: string;
  readonly infinity: string;
  string(text: string): string;
}

const REPR: Notation = {
  none: 'None',
  true: 'True',
  false: 'False',
  nan: 'nan',
  infinity: 'inf',
  string: reprString,
};
const JSON_DUMPS: Notation = {
  none: 'null',
  true: 'true',
  false: 'false',
  nan: 'NaN',
  infinity: 'Infinity',
  string: jsonString,
};

function print(value: Value, notation: Notation): string {
  if (value === null) return notation.none;
  if (typeof value === 'boolean') return value ? notation.true : notation.false;
  if (typeof value === 'string') return notation.string(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(BigInt(value)) : floatText(value, notation);
  }
  if (value instanceof Float) return floatText(value.value, notation);
  if (isList(value)) return `[${value.map((item) => print(item, notation)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${notation.string(key)}: ${print(item, notation)}`)
    .join(', ')}}`;
}

/**
 * `float.__repr__`: the shortest digits that read back as the same double; in fixed notation, with at
 * least one decimal, when 1e-4 <= |x| < 1e16, else with an exponent of a sign and two digits or more.
 */
function floatText(x: number, notation: Notation): string {
  if (Number.isNaN(x)) return notation.nan;
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  if (!Number.isFinite(x)) return sign + notation.infinity;
  const [mantissa = '', power = ''] = Math.abs(x).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const REPR_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
/** What `str.isprintable` denies (all of Unicode's "other" and "separator" but the space), and the backslash. */
const NOT_PLAIN = /[\p{C}\p{Z}\\]/gu;

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(NOT_PLAIN, (character) =>
    character === ' ' ? character : (REPR_ESCAPES.get(character) ?? reprEscape(character)),
  );
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function reprEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** JSON's own escapes are those of `JSON.stringify`; Python adds DEL and everything beyond ASCII, by UTF-16 unit. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`);
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
