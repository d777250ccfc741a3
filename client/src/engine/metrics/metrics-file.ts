/**
 * Reads what a training program reports while it runs: `metrics.jsonl`, one JSON object a line, appended.
 * Only what is new is read, in pieces; of the history nothing is kept but the latest and, for one metric, the best value.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseJson } from '#core/value.ts';
import type { Goal } from '#core/sweep/sweep.ts';
import { storageError } from '../atomic-file.ts';
import type { MetricValue, Metrics } from '../events.ts';
import { METRICS_FILE } from '../job-environment.ts';
import { metricsOf } from './metric-values.ts';

/** Follows what a job reports. */
export interface MetricsReader {
  /** Latest value of every metric reported so far. */
  readonly latest: Metrics;
  /** A sentence about what couldn't be understood; undefined when all could. */
  readonly notice: string | undefined;
  /** Reads what was appended since the last call. Returns `latest` when there was a new report, else undefined. */
  readNew(): Metrics | undefined;
  /** `readNew` for the last time: the program has ended, so a line without its newline counts as well. */
  readRest(): Metrics;
}

export interface MetricsFileOptions {
  /** Name of the file inside the directory. Default: `metrics.jsonl`. */
  readonly file?: string;
  /** The metric whose best value is kept. */
  readonly best?: { readonly name: string; readonly goal: Goal };
  /** Largest number of unread bytes that one call reads; what lies before them is skipped. Default 64 MiB. */
  readonly limit?: number;
}

const CHUNK_BYTES = 64 * 1024;
/** A longer line is no report of metrics: it is counted as a bad one. */
const LONGEST_LINE_BYTES = 1024 * 1024;
const LIMIT_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

export class MetricsFile implements MetricsReader {
  readonly #file: string;
  readonly #best: MetricsFileOptions['best'];
  readonly #limit: number;
  readonly #latest = new Map<string, MetricValue>();
  #identity: string | undefined;
  #offset = 0;
  /** The bytes of a line whose end wasn't there yet. */
  #half: Buffer = Buffer.alloc(0);
  /** The line is too long, or its beginning was skipped: drop what comes up to the next newline. */
  #dropping = false;
  #lines = 0;
  #badLines = 0;
  #skippedBytes = 0;
  #bestValue: number | undefined;

  constructor(
    directory: string,
    { file = METRICS_FILE, best, limit = LIMIT_BYTES }: MetricsFileOptions = {},
  ) {
    this.#file = path.join(directory, file);
    this.#best = best;
    this.#limit = limit;
  }

  /** Latest value of every metric reported so far. */
  get latest(): Metrics {
    return Object.fromEntries(this.#latest);
  }

  /** Number of reports that held at least one metric. */
  get reports(): number {
    return this.#lines;
  }

  /** Best finite value of the metric named in the options. */
  get best(): number | undefined {
    return this.#bestValue;
  }

  /** A sentence about what couldn't be understood; undefined when all could. */
  get notice(): string | undefined {
    const parts = [];
    if (this.#badLines === 1) parts.push('1 line is no JSON object and was skipped');
    if (this.#badLines > 1) parts.push(`${this.#badLines} lines are no JSON objects and were skipped`);
    if (this.#skippedBytes > 0) parts.push(`the first ${this.#skippedBytes} bytes were too many to read`);
    return parts.length === 0 ? undefined : `${this.#file}: ${parts.join('; ')}.`;
  }

  /**
   * Reads what was appended since the last call. Returns `latest` when there was a new report, else undefined.
   * A line without its newline is left for the next call.
   * @throws StorageError when the file is there and can't be read.
   */
  readNew(): Metrics | undefined {
    const before = this.#lines;
    this.#read();
    return this.#lines === before ? undefined : this.latest;
  }

  /** `readNew` for the last time: the program has ended, so a line without its newline counts as well. */
  readRest(): Metrics {
    this.#read();
    if (this.#half.length > 0 && !this.#dropping) this.#take(this.#half);
    this.#half = Buffer.alloc(0);
    return this.latest;
  }

  #read(): void {
    const status = fs.statSync(this.#file, { throwIfNoEntry: false });
    if (status === undefined) return;
    // a file made anew often gets the inode of the one before it
    const identity = `${status.ino} ${status.birthtimeMs}`;
    if (this.#identity !== identity || status.size < this.#offset) this.#startAgain(identity);
    if (status.size === this.#offset) return;
    this.#skipTo(status.size - this.#limit);
    try {
      this.#readFrom(fs.openSync(this.#file, 'r'));
    } catch (error) {
      throw storageError('read', this.#file, error);
    }
  }

  #readFrom(descriptor: number): void {
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      // no further than the limit: a program may append faster than we read
      for (let left = this.#limit; left > 0;) {
        const length = fs.readSync(descriptor, chunk, 0, chunk.length, this.#offset);
        if (length === 0) return;
        this.#offset += length;
        left -= length;
        this.#takeLines(chunk.subarray(0, length));
      }
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #takeLines(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = chunk.subarray(start, end);
      start = end + 1;
      if (!this.#dropping) this.#take(this.#half.length === 0 ? line : Buffer.concat([this.#half, line]));
      this.#dropping = false;
      this.#half = Buffer.alloc(0);
    }
    if (this.#dropping) return;
    this.#half = Buffer.concat([this.#half, chunk.subarray(start)]);
    if (this.#half.length <= LONGEST_LINE_BYTES) return;
    this.#badLines++;
    this.#dropping = true;
    this.#half = Buffer.alloc(0);
  }

  #take(line: Buffer): void {
    const text = line.toString('utf8').trim();
    if (text === '') return;
    const metrics = metricsOf(parsed(text));
    if (metrics === undefined) {
      this.#badLines++;
      return;
    }
    if (metrics.length > 0) this.#lines++;
    for (const [name, value] of metrics) {
      this.#latest.set(name, value);
      if (name === this.#best?.name && typeof value === 'number') this.#improve(value, this.#best.goal);
    }
  }

  #improve(value: number, goal: Goal): void {
    const best = this.#bestValue;
    if (best === undefined || (goal === 'minimize' ? value < best : value > best)) this.#bestValue = value;
  }

  #skipTo(offset: number): void {
    if (offset <= this.#offset) return;
    this.#skippedBytes += offset - this.#offset;
    this.#offset = offset;
    this.#half = Buffer.alloc(0);
    this.#dropping = true;
  }

  /** The file is another one than before, or was emptied: what it said no longer counts. */
  #startAgain(identity: string): void {
    this.#identity = identity;
    this.#offset = 0;
    this.#half = Buffer.alloc(0);
    this.#dropping = false;
    this.#lines = 0;
    this.#badLines = 0;
    this.#skippedBytes = 0;
    this.#bestValue = undefined;
    this.#latest.clear();
  }
}

/** undefined when the text is no JSON. */
function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
