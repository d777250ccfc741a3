import type { SweepDocument } from '#core/sweep/document.ts';
import { Lines } from '#core/sweep/lines.ts';
import { readSweep, type SweepReading } from '#core/sweep/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import { outlineOf } from './outline.ts';
import type { OutlineNode } from './outline-nodes.ts';

/**
 * One version of a sweep file for all features. The text is read when the first of them needs to know,
 * and then once: what can answer from the text alone doesn't wait for the reading of a large file.
 */
export class SweepAnalysis implements SweepReading {
  readonly text: string;
  readonly surroundings: Surroundings;
  #reading: SweepReading | undefined;
  #outline: OutlineNode | undefined;
  #lines: Lines | undefined;

  constructor(text: string, surroundings: Surroundings) {
    this.text = text;
    this.surroundings = surroundings;
  }

  /** Whether the text has been read as a sweep, so that asking for it costs nothing. */
  get isRead(): boolean {
    return this.#reading !== undefined;
  }

  get sweep(): SweepReading['sweep'] {
    return this.#read().sweep;
  }

  get problems(): SweepReading['problems'] {
    return this.#read().problems;
  }

  get document(): SweepDocument {
    return this.#read().document;
  }

  /** The text by its indentation and brackets, whether it is YAML or not; needs no reading. */
  get outline(): OutlineNode {
    return (this.#outline ??= outlineOf(this.text));
  }

  get lines(): Lines {
    return (this.#lines ??= new Lines(this.text));
  }

  #read(): SweepReading {
    return (this.#reading ??= readSweep(this.text, this.surroundings));
  }
}

export const analyse = (text: string, surroundings: Surroundings): SweepAnalysis =>
  new SweepAnalysis(text, surroundings);
