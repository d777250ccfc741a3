/** `int`, `float`, `str`, `bool` and `json_str` of one element, by the rules of Python's functions of these names. */
import { pythonJson } from '../python-text.ts';
import { floatOf } from './numerals.ts';
import { pythonNumber } from './print.ts';
import { Refusal, type Span } from './problems.ts';
import { text, toValue, type Element } from './values.ts';

export const castNames = ['int', 'float', 'str', 'bool', 'json_str'] as const;
export type CastName = (typeof castNames)[number];

/**
 * The element cast; of a list or a dictionary each value, but `json_str` makes one text of the whole.
 * @throws Refusal with this span when Python couldn't either.
 */
export function castElement(cast: CastName, element: Element, span: Span): Element {
  if (cast === 'json_str') return text(pythonJson(toValue(element)));
  switch (element.kind) {
    case 'list':
      return { kind: 'list', items: element.items.map((item) => castElement(cast, item, span)) };
    case 'dict':
      return {
        kind: 'dict',
        entries: element.entries.map(([key, value]) => [key, castElement(cast, value, span)]),
      };
    case 'extension':
      throw new Refusal('multirun-argument', 'extend_list() can only be a whole value.', span);
    case 'null':
      throw new Refusal('multirun-argument', `${cast}() cannot cast null.`, span);
    case 'quoted':
      return scalarCasts[cast](text(element.text), span);
    default:
      return scalarCasts[cast](element, span);
  }
}

type Scalar = Element & { readonly kind: 'bool' | 'int' | 'float' | 'text' };

const scalarCasts: Readonly<Record<Exclude<CastName, 'json_str'>, (scalar: Element, span: Span) => Element>> =
  {
    int: (scalar, span) => ({ kind: 'int', value: toInt(scalar as Scalar, span) }),
    float: (scalar, span) => ({ kind: 'float', value: toFloat(scalar as Scalar, span) }),
    str: (scalar) => text(toText(scalar as Scalar)),
    bool: (scalar, span) => ({ kind: 'bool', value: toBool(scalar as Scalar, span) }),
  };

function toInt(scalar: Scalar, span: Span): bigint {
  switch (scalar.kind) {
    case 'bool':
      return scalar.value ? 1n : 0n;
    case 'int':
      return scalar.value;
    case 'float':
      if (Number.isFinite(scalar.value)) return BigInt(Math.trunc(scalar.value));
      throw refusal('int', pythonNumber(scalar), 'an integer', span);
    case 'text': {
      const [, sign = '', digits] = /^\s*([+-]?)([0-9](?:_?[0-9])*)\s*$/.exec(scalar.text) ?? [];
      if (digits === undefined) throw refusal('int', scalar.text, 'an integer', span);
      const size = BigInt(digits.replaceAll('_', ''));
      return sign === '-' ? -size : size;
    }
  }
}

const floatText =
  /^[+-]?(?:(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:e[+-]?[0-9](?:_?[0-9])*)?|inf(?:inity)?|nan)$/i;

function toFloat(scalar: Scalar, span: Span): number {
  switch (scalar.kind) {
    case 'bool':
      return scalar.value ? 1 : 0;
    case 'int':
      if (Number.isFinite(Number(scalar.value))) return Number(scalar.value);
      throw refusal('float', 'this integer', 'a float, which it is too large for', span);
    case 'float':
      return scalar.value;
    case 'text': {
      const written = scalar.text.trim();
      if (!floatText.test(written)) throw refusal('float', scalar.text, 'a float', span);
      return floatOf(written);
    }
  }
}

function toText(scalar: Scalar): string {
  if (scalar.kind === 'text') return scalar.text;
  return scalar.kind === 'bool' ? String(scalar.value) : pythonNumber(scalar);
}

function toBool(scalar: Scalar, span: Span): boolean {
  switch (scalar.kind) {
    case 'bool':
      return scalar.value;
    case 'int':
      return scalar.value !== 0n;
    case 'float':
      return scalar.value !== 0;
    case 'text': {
      const lower = scalar.text.toLowerCase();
      if (lower === 'true' || lower === 'false') return lower === 'true';
      throw refusal('bool', scalar.text, 'a truth value: of texts only true and false are', span);
    }
  }
}

function refusal(cast: CastName, written: string, wanted: string, span: Span): Refusal {
  return new Refusal('multirun-argument', `${cast}() cannot make '${written}' ${wanted}.`, span);
}
