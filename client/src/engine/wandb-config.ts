/**
 * The parameters of a job as W&B's own client reads them (`WANDB_SWEEP_PARAM_PATH`), so that a training
 * script that takes `wandb.config` from an offline run finds the sweep's values there.
 */
import { Float, isList, isMap, type Parameters, type Value } from '#core/value.ts';

/**
 * Text of `config-<run>.yaml`: `name: {value: v}` for each parameter, nested ones plain below it. It is
 * read by a YAML 1.1 loader, for which a float needs a point and an exponent a sign.
 */
export function wandbConfig(parameters: Parameters): string {
  const lines = Object.entries(parameters).map(
    ([name, value]) => `${stringText(name)}: {"value": ${valueText(value)}}\n`,
  );
  return `wandb_version: 1\n${lines.join('')}`;
}

function valueText(value: Value): string {
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : floatText(value);
  if (value instanceof Float) return floatText(value.value);
  if (isList(value)) return `[${value.map(valueText).join(', ')}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${stringText(key)}: ${valueText(inner)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}

function floatText(x: number): string {
  if (Number.isNaN(x)) return '.nan';
  if (!Number.isFinite(x)) return x > 0 ? '.inf' : '-.inf';
  const text = Object.is(x, -0) ? '-0' : String(x);
  const [digits = '', exponent] = text.split('e');
  const mantissa = digits.includes('.') ? digits : `${digits}.0`;
  return exponent === undefined ? mantissa : `${mantissa}e${exponent}`;
}

/** Code points a YAML reader refuses or takes for a line break, which JSON leaves as they are. */
const UNREADABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function stringText(text: string): string {
  return JSON.stringify(text).replace(
    UNREADABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
