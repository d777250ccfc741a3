import type { ScalarTag } from 'yaml';
import { Float, isList, isMap, type Parameters, type Value } from '#core/value.ts';

/**
 * A float as every YAML reader takes it for one: `1.0` keeps its point, and an exponent has a point before it, without
 * which Python's YAML 1.1 reader sees a string in `1e-8`.
 */
function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf';
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (text.includes('.')) return text;
  return text.includes('e') ? text.replace('e', '.0e') : `${text}.0`;
}

const float: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  // a tag with a test goes before the library's own
  test: /^[-+]?(?:\d+\.\d*(?:e[-+]?\d+)?|\.(?:inf|nan))$/,
  identify: (value) => value instanceof Float || (typeof value === 'number' && !Number.isInteger(value)),
  resolve: (text) => new Float(Number(text)),
  stringify: ({ value }) => floatText(value instanceof Float ? value.value : Number(value)),
};

/** The parameters as block YAML that readers of YAML 1.1 and 1.2 read back with the same kinds of values. */
export async function parametersYaml(parameters: Parameters): Promise<string> {
  // loaded on use: copying is rare, and starting up must not wait for a YAML library
  const { Document } = await import('yaml');
  const document = new Document(plain(parameters), {
    compat: 'yaml-1.1',
    customTags: (tags) => [float, ...tags],
  });
  return document.toString({ lineWidth: 0 });
}

/** Maps instead of objects, so that a parameter may be named `__proto__`. */
function plain(value: Value): unknown {
  if (isList(value)) return value.map(plain);
  if (isMap(value)) return new Map(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  return value;
}
