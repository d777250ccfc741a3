/** The options that a script gives, while its lines are read, and what is wrong with their form. */
import { nearest } from '../sweep/spelling.ts';
import { catalogueOf, type Catalogue, type OptionSpec } from './catalogue.ts';
import { replacing, type BatchProblems } from './problem-list.ts';
import type { DirectiveLine, Span } from './script.ts';
import type { Dialect } from './systems.ts';

/** An option that the script gives. */
export interface GivenOption {
  readonly spec: OptionSpec;
  readonly directive: DirectiveLine;
  /** The option as it is written. */
  readonly nameSpan: Span;
  /** The value without quotes; undefined when there is none. */
  readonly value: string | undefined;
  /** The value with its quotes. */
  readonly valueSpan: Span;
  /** Whether the value's characters stand where its span says: nothing was unquoted. */
  readonly verbatim: boolean;
  /** From the option to the end of its value. */
  readonly span: Span;
  /** Which part of a heterogeneous job it is for. */
  readonly part: number;
}

/** Where a reader of directive lines puts what it finds. */
export class OptionList {
  readonly text: string;
  readonly dialect: Dialect;
  readonly catalogue: Catalogue;
  readonly problems: BatchProblems;
  readonly given: GivenOption[] = [];
  /** The part of a heterogeneous job that is being read. */
  part = 0;

  constructor(text: string, dialect: Dialect, problems: BatchProblems) {
    this.text = text;
    this.dialect = dialect;
    this.catalogue = catalogueOf(dialect.system);
    this.problems = problems;
  }

  /** An option with its value. */
  add(
    directive: DirectiveLine,
    spec: OptionSpec,
    nameSpan: Span,
    value: string,
    valueSpan: Span,
    verbatim: boolean,
  ): void {
    const span: Span = [nameSpan[0], Math.max(nameSpan[1], valueSpan[1])];
    this.given.push({ spec, directive, nameSpan, value, valueSpan, verbatim, span, part: this.part });
  }

  /** An option that stands alone. */
  addBare(directive: DirectiveLine, spec: OptionSpec, nameSpan: Span): void {
    const valueSpan: Span = [nameSpan[1], nameSpan[1]];
    this.given.push({
      spec,
      directive,
      nameSpan,
      value: undefined,
      valueSpan,
      verbatim: true,
      span: nameSpan,
      part: this.part,
    });
  }

  /** The known word that was probably meant. */
  nearest(word: string, allowed: Iterable<string>): string | undefined {
    return this.problems.isFull ? undefined : nearest(word, [...allowed]);
  }

  unknown(at: Span, written: string, meant?: string): void {
    const { title, system } = this.dialect;
    if (system === 'slurm' && meant === undefined && written.startsWith('--') && !this.problems.isFull) {
      this.problems.add(
        'unknown-option',
        at,
        `sbatch itself has no option '${written}', and refuses it unless a plugin of the site brings it.`,
        { severity: 'warning' },
      );
      return;
    }
    this.problems.add(
      'unknown-option',
      at,
      `${title} has no option '${written}'.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
      meant === undefined ? {} : { fix: replacing(`Change to '${meant}'`, at, meant) },
    );
  }

  /** The option stands there without the value that it needs. */
  missing(directive: DirectiveLine, spec: OptionSpec, at: Span): void {
    this.problems.add('missing-value', at, `${nameOf(spec)} needs a value: ${spec.forms}.`);
    this.addBare(directive, spec, at);
  }

  /** `--account=`: sbatch takes it where any text will do. */
  empty(directive: DirectiveLine, spec: OptionSpec, at: Span): void {
    if (!takesNothingAsText.has(spec.kind)) {
      this.missing(directive, spec, at);
      return;
    }
    this.problems.add('missing-value', at, `${nameOf(spec)} stands here without a value: ${spec.forms}.`, {
      severity: 'warning',
    });
    this.addBare(directive, spec, at);
  }

  superfluous(spec: OptionSpec, at: Span): void {
    this.problems.add('unexpected-value', at, `${nameOf(spec)} takes no value.`, {
      fix: replacing('Remove the value', at, ''),
    });
  }
}

/** Kinds of values of which sbatch looks at none before it sends the job. */
const takesNothingAsText: ReadonlySet<string> = new Set([
  'text',
  'name',
  'names',
  'path',
  'slurm-pattern',
  'slurm-features',
  'slurm-hosts',
  'slurm-gres',
  'slurm-gpus',
  'slurm-array',
  'slurm-dependency',
  'slurm-export',
]);

const nameOf = ({ name, short }: OptionSpec): string => (short === undefined ? name : `${name} (${short})`);
