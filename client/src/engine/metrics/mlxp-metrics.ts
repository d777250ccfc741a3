/**
 * Reads what a job reports in MLXP's way: `metrics/<name>.json`, one JSON object a line, appended. The metric
 * `loss` of `train.json` is `train.loss`, as in MLXP's own reader. `metrics.jsonl` is read beside it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, storageError } from '../atomic-file.ts';
import type { Metrics } from '../events.ts';
import { MetricsFile, type MetricsReader } from './metrics-file.ts';

const METRICS = 'metrics';
const EXTENSION = '.json';
/** A program has a handful of logs; more are no metrics. */
const MOST_FILES = 100;

export class MlxpMetrics implements MetricsReader {
  readonly #directory: string;
  readonly #own: MetricsFile;
  readonly #files = new Map<string, MetricsFile>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#own = new MetricsFile(directory);
  }

  get latest(): Metrics {
    const metrics: Record<string, Metrics[string]> = {};
    for (const [name, file] of this.#files)
      for (const [key, value] of Object.entries(file.latest)) metrics[`${name}.${key}`] = value;
    return { ...metrics, ...this.#own.latest };
  }

  get notice(): string | undefined {
    const notices = [...this.#files.values(), this.#own].flatMap(({ notice }) => notice ?? []);
    return notices.length === 0 ? undefined : notices.join(' ');
  }

  readNew(): Metrics | undefined {
    this.#look();
    const news = [...this.#files.values(), this.#own].map((file) => file.readNew());
    return news.some((one) => one !== undefined) ? this.latest : undefined;
  }

  readRest(): Metrics {
    this.#look();
    for (const file of [...this.#files.values(), this.#own]) file.readRest();
    return this.latest;
  }

  /** Finds logs that appeared since the last look. */
  #look(): void {
    const folder = path.join(this.#directory, METRICS);
    let names: readonly string[];
    try {
      names = fs.readdirSync(folder);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw storageError('read', folder, error);
    }
    for (const file of [...names].sort()) {
      const name = file.endsWith(EXTENSION) ? file.slice(0, -EXTENSION.length) : '';
      if (name === '' || name.startsWith('.') || this.#files.has(name) || this.#files.size >= MOST_FILES)
        continue;
      this.#files.set(name, new MetricsFile(this.#directory, { file: path.join(METRICS, file) }));
    }
  }
}
