import { isMap, numberOf, Float, isList, type Parameters, type Value } from '#core/value.ts';

/** The parameters as block YAML that Python reads back with the same kinds of numbers; `1.0` keeps its point. */
export async function parametersYaml(parameters: Parameters): Promise<string> {
  // loaded on use: copying is rare, and starting up must not wait for a YAML library
  const { Document, Scalar } = await import('yaml');
  const document = new Document(undefined, { compat: 'yaml-1.1' });

  const plain = (value: Value): unknown => {
    if (value instanceof Float) {
      const scalar = new Scalar(numberOf(value));
      if (Number.isInteger(value.value)) scalar.minFractionDigits = 1;
      return scalar;
    }
    if (isList(value)) return value.map(plain);
    if (isMap(value)) return new Map(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
    return value;
  };

  document.contents = document.createNode(plain(parameters));
  return document.toString({ lineWidth: 0 });
}
