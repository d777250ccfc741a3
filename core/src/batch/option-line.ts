/** One option a line, whose value is the rest of the line as it is: how OAR reads directives. */
import type { OptionList } from './option-list.ts';
import { replacing } from './problem-list.ts';
import type { DirectiveLine, Span } from './script.ts';

/** Reads the line's option into the list. */
export function readOptionLine(directive: DirectiveLine, list: OptionList): void {
  const [from, to] = directive.body;
  const match = /^(\s*)(-{1,2}[A-Za-z][\w-]*|-)?(=?)(\s*)(.*?)\s*$/s.exec(list.text.slice(from, to));
  const [, gap = '', written = '', equals = '', blank = '', rest = ''] = match ?? [];
  const start = from + gap.length;
  if (gap === '' && from < to) return;
  if (written === '') {
    if (rest !== '')
      list.problems.add(
        'stray-text',
        [start, start + rest.length],
        'OAR refuses a #OAR line that does not begin with an option.',
        { severity: 'error' },
      );
    return;
  }
  const long = written.startsWith('--');
  let name = written;
  let value = rest;
  let nameEnd = start + written.length;
  let valueStart = nameEnd + equals.length + blank.length;
  let spec = long ? list.catalogue.options.get(written.slice(2)) : undefined;
  if (!long) {
    // `-l/nodes=1`: one letter, the value may follow at once
    name = written.slice(0, 2);
    spec = list.catalogue.byLetter.get(name.slice(1));
    nameEnd = start + name.length;
    if (written.length > 2) {
      valueStart = nameEnd;
      value = list.text.slice(nameEnd, start + written.length + equals.length + blank.length + rest.length);
    }
  }
  const nameSpan: Span = [start, nameEnd];
  let valueSpan: Span = [valueStart, valueStart + value.length];
  if (spec === undefined) {
    const meant = list.nearest(written.replace(/^-+/, ''), list.catalogue.options.keys());
    const span: Span = [start, start + written.length];
    list.unknown(span, written, meant === undefined ? undefined : `--${meant}`);
    return;
  }
  if (long && equals !== '') {
    const at: Span = [nameEnd, nameEnd + 1];
    list.problems.add(
      'malformed-value',
      at,
      `OAR takes a blank between ${name} and its value; the = would become part of the value.`,
      { fix: replacing('Put a blank in its place', [nameEnd, valueStart], ' ') },
    );
    return;
  }
  const second = takesAnything.has(spec.key) ? undefined : secondOption(value, list);
  if (second !== undefined) {
    const at = valueStart + second;
    list.problems.add(
      'stray-text',
      [at, valueSpan[1]],
      `OAR reads one option a line: '${value.slice(second)}' becomes part of the value of ${name}.`,
      {
        ...(spec.kind === 'oar-resources' && { severity: 'error' }),
        fix: replacing(
          'Put it on a line of its own',
          [valueStart + value.slice(0, second).trimEnd().length, at],
          '\n#OAR ',
        ),
      },
    );
    value = value.slice(0, second).trimEnd();
    valueSpan = [valueStart, valueStart + value.length];
  }
  if (spec.takes === 'nothing') {
    if (value !== '') list.superfluous(spec, [nameEnd, valueSpan[1]]);
    list.addBare(directive, spec, nameSpan);
  } else if (value === '') list.missing(directive, spec, nameSpan);
  else {
    const quoted = /^(["']).*\1$/.exec(value);
    if (quoted) {
      list.problems.add(
        'quotes-taken-literally',
        valueSpan,
        'OAR does not take quotes off: they become part of the value.',
        { fix: replacing('Remove the quotes', valueSpan, value.slice(1, -1)) },
      );
      list.add(directive, spec, nameSpan, value.slice(1, -1), valueSpan, false);
    } else list.add(directive, spec, nameSpan, value, valueSpan, true);
  }
}

/** Values that may hold options of other programs, or conditions. */
const takesAnything: ReadonlySet<string> = new Set(['property', 'notify']);

/** Where a second option of OAR begins in a value. */
function secondOption(value: string, { catalogue }: OptionList): number | undefined {
  for (const match of value.matchAll(/(?<=\s)(?:--([a-z][a-z-]+)|-([A-Za-z]))(?=[\s=/]|$)/g)) {
    const [, long = '', letter = ''] = match;
    if (long === '' ? catalogue.byLetter.has(letter) : catalogue.options.has(long)) return match.index;
  }
  return undefined;
}
