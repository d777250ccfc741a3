/**
 * Plain scalars that YAML 1.2 and YAML 1.1 read differently. Sweepdeck reads 1.2; PyYAML, and with it most
 * training programs and W&B, reads 1.1: `1e-5` is a number here and text there.
 *
 * The patterns of 1.1 are PyYAML's resolver (its documented deviations from the 1.1 type repository
 * included: `y` and `n` are text, a float needs a dot and a signed exponent).
 */
import { isFloat, numeric, type ScalarValue } from './scalar.ts';

export interface Misreading {
  /** What it is to a YAML 1.1 reader, in words. */
  readonly there: string;
  /** A spelling that both versions read as we do. */
  readonly unambiguous: string;
}

const sameInBoth = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_./ -]{5,})$/;

const boolean = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const nothing = /^(?:~|null|Null|NULL|)$/;
const binary = /^[-+]?0b[01_]+$/;
const octal = /^[-+]?0[0-7_]+$/;
const decimal = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const hexadecimal = /^[-+]?0x[0-9a-fA-F_]+$/;
const sexagesimal = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/;
const float = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const sexagesimalFloat = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const timestamp =
  /^\d{4}-(?:\d\d-\d\d|\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

type Reading =
  | { readonly kind: 'text' | 'null' | 'date' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'int' | 'float'; readonly value: number };

function integerOf(source: string): number {
  const negative = source.startsWith('-');
  const digits = source.replace(/^[-+]/, '').replaceAll('_', '');
  let value: number;
  if (sexagesimal.test(source)) {
    value = digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  } else if (octal.test(source)) {
    value = parseInt(digits, 8);
  } else {
    value = Number(digits);
  }
  return negative ? -value : value;
}

/** How YAML 1.1, as PyYAML has it, reads a plain scalar. */
function readAsYaml11(source: string): Reading {
  if (nothing.test(source)) return { kind: 'null' };
  if (boolean.test(source)) return { kind: 'boolean', value: /^(?:y|t|on)/i.test(source) };
  if ([binary, octal, decimal, hexadecimal, sexagesimal].some((pattern) => pattern.test(source))) {
    return { kind: 'int', value: integerOf(source) };
  }
  if (float.test(source)) return { kind: 'float', value: Number(source.replaceAll('_', '')) };
  if (sexagesimalFloat.test(source)) return { kind: 'float', value: NaN };
  if (notFinite.test(source)) {
    const word = source.replace(/^[-+]?\./, '').toLowerCase();
    const value = word === 'nan' ? NaN : source.startsWith('-') ? -Infinity : Infinity;
    return { kind: 'float', value };
  }
  return { kind: timestamp.test(source) ? 'date' : 'text' };
}

function readHere(value: ScalarValue): Reading {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return { kind: 'text' };
  if (isFloat(value)) return { kind: 'float', value: numeric(value) };
  return { kind: 'int', value: Number(value) };
}

function agree(a: Reading, b: Reading): boolean {
  if (a.kind !== b.kind) return false;
  return !('value' in a) || !('value' in b) || Object.is(a.value, b.value) || a.value === b.value;
}

const names: Readonly<Record<Reading['kind'], string>> = {
  text: 'text',
  null: 'null',
  date: 'a date',
  boolean: 'a truth value',
  int: 'the integer',
  float: 'the number',
};

/** What YAML 1.1 makes of the plain scalar `source` that is `value` here; undefined when they agree. */
export function misreading(source: string, value: ScalarValue): Misreading | undefined {
  const here = readHere(value);
  // by far the most scalars are plain decimal numbers or longer words
  if (sameInBoth.test(source) && (here.kind === 'int' || here.kind === 'float' || here.kind === 'text')) {
    return undefined;
  }
  const there = readAsYaml11(source);
  if (agree(here, there)) return undefined;
  const amount = 'value' in there ? String(there.value) : undefined;
  return {
    there:
      there.kind === 'boolean'
        ? String(amount)
        : amount === undefined || amount === 'NaN'
          ? names[there.kind]
          : `${names[there.kind]} ${amount}`,
    unambiguous: spellUnambiguously(source, value),
  };
}

/** The number as both YAML versions read it: a float has a dot and a signed exponent (`1.0e-5`). */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return '.nan';
  if (!Number.isFinite(x)) return x < 0 ? '-.inf' : '.inf';
  if (Object.is(x, -0)) return '-0.0';
  const shortest = String(x);
  if (!shortest.includes('e')) return shortest.includes('.') ? shortest : `${shortest}.0`;
  const [mantissa = '', exponent = ''] = shortest.split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent}`;
}

function spellUnambiguously(source: string, value: ScalarValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean' || !isFloat(value)) return String(value);
  return keepDigits(source) ?? floatText(numeric(value));
}

/** `1e-5` as `1.0e-5`: the same digits, so that the person recognises their number. */
function keepDigits(source: string): string | undefined {
  const parts = /^([-+]?)(\d+)?(?:\.(\d*))?(?:[eE]([-+]?)(\d+))?$/.exec(source);
  if (!parts) return undefined;
  const [, sign = '', whole = '0', fraction = '', exponentSign = '', exponent] = parts;
  const mantissa = `${sign === '-' ? '-' : ''}${whole}.${fraction === '' ? '0' : fraction}`;
  return exponent === undefined ? mantissa : `${mantissa}e${exponentSign || '+'}${exponent}`;
}

/** Text in double quotes, which every YAML version reads alike. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Whether a plain `text` is the same text in both versions, as a value on a line of its own. */
export function isPlainText(text: string): boolean {
  if (!/^[A-Za-z_./][A-Za-z0-9_./+ -]*$/.test(text) || text.endsWith(' ')) return false;
  // 1.2: null, truth values, floats that begin with a dot
  return readAsYaml11(text).kind === 'text' && !/^(?:\.\d.*|y|n)$/i.test(text) && !text.startsWith('...');
}
