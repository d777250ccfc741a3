/** Values and parameters as YAML that YAML 1.1 and 1.2 readers understand alike. */
import { Float, isList, isMap, type Parameters, type Value } from '../value.ts';
import { floatText, isPlainText, quoted } from './yaml-versions.ts';

/** `Copy parameters as YAML`: one block map, nested parameters indented, lists in brackets. */
export function parametersToYaml(parameters: Parameters): string {
  const entries = Object.entries(parameters);
  if (entries.length === 0 || hasLongKey(parameters)) return `${valueToYaml(parameters)}\n`;
  return blockMap(parameters, '');
}

function blockMap(map: Parameters, indent: string): string {
  return Object.entries(map)
    .map(([name, value]) => {
      if (isMap(value) && Object.keys(value).length > 0 && !hasLongKey(value)) {
        return `${indent}${keyText(name)}:\n${blockMap(value, `${indent}  `)}`;
      }
      return `${indent}${keyText(name)}: ${valueToYaml(value)}\n`;
    })
    .join('');
}

/** A value on one line, in flow style. */
export function valueToYaml(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : floatText(value);
  if (typeof value === 'string') return isPlainText(value) ? value : quoted(value);
  if (value instanceof Float) return floatText(value.value);
  if (isList(value)) return `[${value.map(valueToYaml).join(', ')}]`;
  const entries = Object.entries(value).map(([name, inner]) => `${keyText(name)}: ${valueToYaml(inner)}`);
  return `{${entries.join(', ')}}`;
}

function keyText(name: string): string {
  return isPlainText(name) ? name : quoted(name);
}

/** Before the colon of a key on a line of its own, YAML takes no more than 1024 characters. */
function hasLongKey(map: Parameters): boolean {
  return Object.keys(map).some((name) => keyText(name).length > 1000);
}
