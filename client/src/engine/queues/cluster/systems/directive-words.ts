/** Words of directive lines: written so that the batch systems read them back, and read as they do. */
import { splitWords } from '#core/batch/words.ts';

/** One word of a directive: in double quotes when it holds anything a shell-like reader would take for something else. */
export function directiveWord(text: string): string {
  return /^[\w./:@%^+,=-]+$/.test(text) ? text : `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
}

/** How the options of a directive line are told apart. */
export interface OptionGrammar {
  /** `#PBS`. */
  readonly mark: string;
  /** `letters`: one letter each, the value may be glued to it. `words`: `-word value`. */
  readonly kind: 'letters' | 'words';
  /** Options without a value. */
  readonly bare: ReadonlySet<string>;
}

/** An option of a directive line, its dash left off, and its value. */
export interface Option {
  readonly name: string;
  readonly value: string;
}

/** The options of one directive line, mark included or not. */
export function optionsOf(directive: string, grammar: OptionGrammar): readonly Option[] {
  const start = directive.search(/\S|$/);
  const from = directive.startsWith(grammar.mark, start) ? start + grammar.mark.length : start;
  const { words } = splitWords(directive, [from, directive.length], 'word-start');
  const options: Option[] = [];
  for (let at = 0; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (!/^-[-A-Za-z]/.test(text)) continue;
    if (grammar.kind === 'words' || text.startsWith('--')) {
      const name = text.replace(/^--?/, '');
      const takes = !grammar.bare.has(name) && !text.startsWith('--');
      options.push({ name, value: takes ? (words[++at]?.text ?? '') : '' });
      continue;
    }
    let place = 1;
    for (; place < text.length && grammar.bare.has(text[place] ?? ''); place++)
      options.push({ name: text[place] ?? '', value: '' });
    const name = text[place];
    if (name === undefined) continue;
    const glued = text.slice(place + 1);
    options.push({ name, value: glued === '' ? (words[++at]?.text ?? '') : glued });
  }
  return options;
}
