/** Tells a Hydra program's own flags from the overrides among its arguments. */
import { problemAt, type MultirunProblem } from './problems.ts';

export interface Flag {
  /** The long name with its dashes. */
  readonly name: string;
  readonly value?: string;
  /** Which of the words it is; its value may be the next one. */
  readonly word: number;
}

export interface MultirunArguments {
  readonly flags: readonly Flag[];
  /** The words that are overrides, and which of the words each is. */
  readonly overrides: readonly { readonly text: string; readonly word: number }[];
  readonly problems: readonly MultirunProblem[];
}

interface FlagSpec {
  readonly name: string;
  readonly short: string;
  readonly takes: 'nothing' | 'value';
}

const specs: readonly FlagSpec[] = [
  { name: '--multirun', short: '-m', takes: 'nothing' },
  { name: '--config-name', short: '-cn', takes: 'value' },
  { name: '--config-dir', short: '-cd', takes: 'value' },
  { name: '--config-path', short: '-cp', takes: 'value' },
  { name: '--package', short: '-p', takes: 'value' },
];
const knownFlags = specs.map(({ name, short }) => `${name} (${short})`).join(', ');

/** Sorts the words after a Hydra program; a flag's value is in its own word or in the next one. */
export function readArguments(words: readonly string[]): MultirunArguments {
  const flags: Flag[] = [];
  const overrides: { text: string; word: number }[] = [];
  const problems: MultirunProblem[] = [];
  for (let word = 0; word < words.length; word++) {
    const text = words[word] ?? '';
    if (!text.startsWith('-')) {
      overrides.push({ text, word });
      continue;
    }
    const equals = text.indexOf('=');
    const given = equals < 0 ? text : text.slice(0, equals);
    const spec = specs.find(({ name, short }) => name === given || short === given);
    if (spec === undefined) {
      const message = `${given} is not a flag that a multirun can have. It can have ${knownFlags}.`;
      problems.push(problemAt('multirun-flag', message, word, [0, given.length]));
    } else if (spec.takes === 'nothing') {
      if (equals >= 0) {
        const message = `${spec.name} takes no value.`;
        problems.push(problemAt('multirun-flag', message, word, [equals, text.length]));
      }
      flags.push({ name: spec.name, word });
    } else if (equals >= 0) {
      flags.push({ name: spec.name, value: text.slice(equals + 1), word });
    } else if (words[word + 1] === undefined) {
      problems.push(problemAt('multirun-flag', `${given} needs a value after it.`, word, [0, text.length]));
    } else {
      flags.push({ name: spec.name, value: words[word + 1] ?? '', word });
      word++;
    }
  }
  return { flags, overrides, problems };
}
