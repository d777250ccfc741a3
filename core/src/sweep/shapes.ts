/** Checks one map of the file against one closed shape of schemas/sweep.schema.json. */
import { isMap, isScalar } from 'yaml';
import * as validators from '#generated/sweep-validators.js';
import { Float, isList, isMap as isMapValue, type Value } from '../value.ts';
import type { Entry, SweepDocument } from './document.ts';
import { record, scalarValue, spanOf, type MapNode } from './nodes.ts';
import { replacing, type ProblemList } from './problem-list.ts';
import { ShapeReport, type ShapeContext } from './shape-report.ts';
import { dereference, schemaOf, type Schema, type ShapeName } from './shape-schemas.ts';

/** Reports everything in `map` that doesn't fit `shape`. */
export function checkShape(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  shape: ShapeName,
  context: ShapeContext,
): void {
  const validate = validators[shape];
  const entries = document.entries(map);
  const fits = validate(
    record(
      entries.map((entry) => [entry.name, context.elsewhere?.has(entry.name) ? {} : plain(document, entry)]),
    ),
  );
  const errors = fits ? [] : (validate.errors ?? []);
  if (!fits) new ShapeReport(document, problems, map, shape, context).report(errors);
  reportWholeFloats(document, problems, map, schemaOf(shape), context);
}

/** Any list or map will do where the schema doesn't look inside: large lists of values stay as they are. */
function plain(document: SweepDocument, entry: Entry): unknown {
  if (!entry.value) return undefined;
  const value = document.value(entry.value);
  return entry.name === 'values' || entry.name === 'value' ? value : plainValue(value);
}

function plainValue(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Float) return value.value;
  if (isList(value)) return value.map(plainValue);
  if (isMapValue(value)) return record(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
  return value;
}

/** JSON Schema takes 5.0 for an integer; here it is a float. */
function reportWholeFloats(
  document: SweepDocument,
  problems: ProblemList,
  map: MapNode,
  shape: Schema,
  context: ShapeContext,
): void {
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    if (property.type !== 'integer' && property.$ref === undefined) continue;
    const entry = document.entry(map, name);
    if (!entry?.value) continue;
    const target = property.$ref === undefined ? undefined : dereference(property);
    if (target) {
      const readElsewhere = context.elsewhere?.has(name) === true || target.properties === undefined;
      if (!readElsewhere && isMap(entry.value))
        reportWholeFloats(document, problems, entry.value, target, context);
      continue;
    }
    if (!isScalar(entry.value)) continue;
    const value = scalarValue(entry.value);
    if (!(value instanceof Float) || !Number.isFinite(value.value)) continue;
    const text = String(value.value);
    problems.add(
      'wrong-type',
      entry.written,
      `'${name}' takes a whole number, written without point or exponent.`,
      {
        fix: replacing(`Write ${text}`, spanOf(entry.value), text),
      },
    );
  }
}
