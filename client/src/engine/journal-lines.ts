/**
 * The lines of a journal: one JSON object each, ended by a newline.
 *
 * Why no line needs a checksum against being cut: the outermost brace of an object closes with its last
 * byte, so no proper prefix of a record is JSON, and a prefix with whole records glued behind it never
 * is either: outside a string its open brace stays open, inside a string the next record's first quote
 * ends the string and a bare word follows. A cut record therefore never reads as a shorter, valid one.
 * Bytes overwritten with zeros are no JSON, and bytes that are no UTF-8 are refused.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { Float, parseJson, stringifyJson } from '#core/value.ts';
import type { EventBody, JournalEvent } from './events.ts';

/** A part of a journal that could not be used. It stays in the file. */
export interface JournalDamage {
  /** 1 for the first. */
  readonly line: number;
  readonly byteOffset: number;
  /** Length of the part, its newline not counted. */
  readonly bytes: number;
  /** What is wrong, for a person. */
  readonly sentence: string;
}

/** Where a reader is: between two lines. */
export interface JournalPosition {
  /** Bytes read. */
  readonly offset: number;
  /** Lines read. */
  readonly lines: number;
  /** Highest generation of an owner seen so far; 0 before the first event. */
  readonly owner: number;
}

export const JOURNAL_START: JournalPosition = { offset: 0, lines: 0, owner: 0 };

export interface DecodedLines {
  readonly events: readonly JournalEvent[];
  readonly damage: readonly JournalDamage[];
  /** Behind the last newline. What follows it in `bytes` is an unfinished line. */
  readonly position: JournalPosition;
}

const NEWLINE = 10;

/** The line of an event, newline included. */
export function encodeEvent(event: JournalEvent): string {
  return `${stringifyJson(event)}\n`;
}

/** Reads the whole lines of `bytes`, which begin at `from`. Damage is skipped and reported; nothing is thrown. */
export function decodeLines(bytes: Buffer, from: JournalPosition): DecodedLines {
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  const whole = bytes.subarray(0, end);
  const encoding = isAscii(whole) ? 'latin1' : isUtf8(whole) ? 'utf8' : undefined;
  const events: JournalEvent[] = [];
  const damage: JournalDamage[] = [];
  let { lines, owner } = from;
  for (let start = 0; start < end; lines++) {
    const newline = whole.indexOf(NEWLINE, start);
    const report = (what: string, length: number): void => {
      const sentence = `Line ${lines + 1} ${what}.`;
      damage.push({ line: lines + 1, byteOffset: from.offset + start, bytes: length, sentence });
    };
    const { event, loss } = readLine(whole, start, newline, encoding);
    if (loss !== undefined) report(loss.what, loss.bytes);
    if (event !== undefined && event.owner < owner) {
      report(
        `was written by an owner (generation ${event.owner}) that had been replaced ` +
          `already (by generation ${owner}) and was ignored`,
        newline - start,
      );
    } else if (event !== undefined) {
      owner = event.owner;
      events.push(event);
    }
    start = newline + 1;
  }
  return { events, damage, position: { offset: from.offset + end, lines, owner } };
}

interface LineReading {
  /** Undefined also for an empty line. */
  readonly event?: JournalEvent | undefined;
  /** What could not be used, as the rest of a sentence that begins with "Line 12". */
  readonly loss?: { readonly what: string; readonly bytes: number };
}

/** The line from `start` to `end`. `encoding`: undefined when it may hold bytes that are no UTF-8. */
function readLine(
  bytes: Buffer,
  start: number,
  end: number,
  encoding: 'latin1' | 'utf8' | undefined,
): LineReading {
  const event =
    encoding === undefined
      ? readBytes(bytes.subarray(start, end))
      : readText(bytes.toString(encoding, start, end));
  if (typeof event !== 'string') return { event };
  const line = bytes.subarray(start, end);
  // a whole record behind a torn one, or behind zero bytes, is saved
  for (let at = line.indexOf(RECORD_START, 1); at > 0; at = line.indexOf(RECORD_START, at + 1)) {
    const saved = readBytes(line.subarray(at));
    if (typeof saved === 'string') continue;
    return { event: saved, loss: { what: `${event}; the whole record at its end was kept`, bytes: at } };
  }
  return { loss: { what: `${event} and was skipped`, bytes: line.length } };
}

/** Every record begins like this, and no string inside one can hold it: there the quotes are escaped. */
const RECORD_START = '{"type":';

function readBytes(line: Buffer): JournalEvent | string | undefined {
  return isUtf8(line) ? readText(line.toString()) : 'holds bytes that are no text';
}

/** The event of a line, undefined for an empty one, or what is wrong with it. */
function readText(text: string): JournalEvent | string | undefined {
  return text.trim() === '' ? undefined : readRecord(text);
}

/** The event of a line, or the rest of a sentence that begins with "Line 12". */
function readRecord(text: string): JournalEvent | string {
  const record = parseRecord(text);
  if (record === undefined) return 'is damaged';
  if (!isRecord(record) || typeof record['type'] !== 'string') return 'is no event';
  const fields = FIELDS.get(record['type']);
  if (fields === undefined)
    return `is an event of a kind (${record['type']}) that this version does not know`;
  for (const [name, accepts] of fields) {
    if (!accepts(record[name])) return `is a "${record['type']}" event without a usable "${name}"`;
  }
  return record as unknown as JournalEvent;
}

/**
 * The kind of a number matters in parameters only. Lines without them are read by `JSON.parse`, which
 * takes half the time and yields JavaScript's numbers.
 */
function parseRecord(text: string): unknown {
  if (!text.includes('"parameters":') && !text.includes('\\')) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // may be a NaN, which is read below
    }
  }
  try {
    const record = parseJson(text);
    return isRecord(record) ? withPlainNumbers(record) : record;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isJobAttempts: Check = (value) =>
  Array.isArray(value) &&
  value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount));
const isTime: Check = (value) => typeof value === 'number' && Number.isFinite(value);

/** What the fold relies on. More may be there; the rest of a record is as its writer wrote it. */
const REQUIRED: Readonly<Record<EventBody['type'], Readonly<Record<string, Check>>>> = {
  launched: { id: isText, name: isText, file: isText, workingDirectory: isText },
  owned: { host: isText, pid: isCount },
  submitted: { job: isCount, attempt: isCount },
  started: { job: isCount, attempt: isCount },
  ended: { job: isCount, attempt: isCount, state: isText },
  requeued: { job: isCount, attempt: isCount, reason: isText },
  batch: { name: isText, system: isText, jobs: isJobAttempts },
  accepted: { name: isText, nativeId: isText },
  withdrawn: { name: isText, detail: isText },
  observed: { job: isCount, attempt: isCount, word: isText, stage: isText },
  requested: { id: isText, request: isRecord, by: isRecord },
  phase: { phase: isText, reason: isText },
  noticed: { detail: isText },
};

const FIELDS: ReadonlyMap<string, readonly (readonly [string, Check])[]> = new Map(
  Object.entries(REQUIRED).map(([type, fields]) => [
    type,
    [...Object.entries(fields), ['at', isTime], ['owner', isCount]] as const,
  ]),
);

function withPlainNumbers(record: Record<string, unknown>): Record<string, unknown> {
  for (const name in record) {
    const value = record[name];
    if (name !== 'parameters' && (typeof value === 'object' || typeof value === 'bigint'))
      record[name] = plainNumbers(value);
  }
  return record;
}

function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (!isRecord(value)) return value;
  // by definition rather than by assignment: a metric may be called __proto__
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainNumbers(inner)]));
}

/** The event of a last line that lacks its newline; undefined when the line was cut off. */
export function decodeUnfinished(bytes: Buffer, from: JournalPosition): JournalEvent | undefined {
  const event = readBytes(bytes);
  return typeof event === 'string' || (event?.owner ?? 0) < from.owner ? undefined : event;
}

/** The damage that a last line is which was cut off. */
export function unfinishedDamage(bytes: Buffer, from: JournalPosition): JournalDamage {
  const line = from.lines + 1;
  return {
    line,
    byteOffset: from.offset,
    bytes: bytes.length,
    sentence: `Line ${line}, the last one, was cut off after ${bytes.length} bytes and was skipped.`,
  };
}
