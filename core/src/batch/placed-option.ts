/** Options with their values in a line whose text was read before: only the place is new. */
import type { Value } from '../value.ts';
import type { OptionSpec } from './catalogue.ts';
import type { GivenOption } from './option-list.ts';
import type { DirectiveLine, Span } from './script.ts';
import type { ReadOption } from './validate.ts';

/** An option of a line with nothing wrong in it; spans count from the mark's end. */
export type LineOption = Omit<ReadOption, 'directive' | 'part'>;

/** An option of a line whose text was read before. */
export class PlacedOption implements ReadOption {
  readonly directive: DirectiveLine;
  readonly part: number;
  readonly #option: LineOption;

  constructor(option: LineOption, directive: DirectiveLine, part: number) {
    this.#option = option;
    this.directive = directive;
    this.part = part;
  }

  get spec(): OptionSpec {
    return this.#option.spec;
  }

  get value(): string | undefined {
    return this.#option.value;
  }

  get parsed(): Value | undefined {
    return this.#option.parsed;
  }

  get verbatim(): boolean {
    return this.#option.verbatim;
  }

  get nameSpan(): Span {
    return this.#placed(this.#option.nameSpan);
  }

  get valueSpan(): Span {
    return this.#placed(this.#option.valueSpan);
  }

  get span(): Span {
    return this.#placed(this.#option.span);
  }

  #placed([start, end]: Span): Span {
    const from = this.directive.bodyStart;
    return [from + start, from + end];
  }
}

/** Whether the option's value was read, and is as it should be. */
export const isRead = (option: GivenOption): option is ReadOption => option instanceof PlacedOption;
