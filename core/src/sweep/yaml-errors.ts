import type { ErrorCode, YAMLError } from 'yaml';
import type { ProblemCode } from './problem-codes.ts';
import type { Span, SpanFix } from './problem-list.ts';
import { keysOf } from './shape-schemas.ts';

interface Sentence {
  readonly code: ProblemCode;
  readonly message: string;
}

const syntax = (message: string): Sentence => ({ code: 'yaml-syntax', message });

/** Our sentence for each of the parser's error codes; those that need to look closer follow below. */
const sentences: Partial<Record<ErrorCode, Sentence>> = {
  ALIAS_PROPS: syntax('An alias stands for another value and takes no tag or anchor of its own.'),
  BAD_ALIAS: syntax('This name of an anchor or alias is empty or ends in a colon.'),
  BAD_DIRECTIVE: syntax('This YAML directive is not known.'),
  BAD_DQ_ESCAPE: syntax(
    'Unknown escape in a double-quoted text. Write \\\\ for a backslash, or use single quotes.',
  ),
  BAD_INDENT: syntax(
    'The indentation fits none of the lines above. Entries of one map or list start in the same column.',
  ),
  BAD_PROP_ORDER: syntax('An anchor or tag comes after the dash or colon, just before its value.'),
  BLOCK_AS_IMPLICIT_KEY: syntax(
    'A key with a nested map or list needs a line of its own; quote the text if its colon or dash is meant literally.',
  ),
  BLOCK_IN_FLOW: syntax('Inside [ ] and { }, maps and lists are written with brackets too.'),
  KEY_OVER_1024_CHARS: syntax('This key is longer than the 1024 characters that YAML allows.'),
  MULTILINE_IMPLICIT_KEY: syntax(
    'This line is neither a key with its value nor a list item. Is a colon missing?',
  ),
  MULTIPLE_ANCHORS: syntax('A value can have only one anchor.'),
  MULTIPLE_TAGS: syntax('A value can have only one tag.'),
  MULTIPLE_DOCS: {
    code: 'yaml-multiple-documents',
    message:
      'A sweep file holds one sweep. Remove the --- line, or put the second document into a file of its own.',
  },
  RESOURCE_EXHAUSTION: { code: 'yaml-too-large', message: 'This is nested too deeply to be read.' },
  TAB_AS_INDENT: { code: 'yaml-tab', message: 'YAML does not allow tabs as indentation. Use spaces.' },
  TAG_RESOLVE_FAILED: {
    code: 'yaml-tag',
    message: 'This tag is not known; the value is read as if it had none.',
  },
  BAD_COLLECTION_TYPE: {
    code: 'yaml-tag',
    message: 'This tag does not fit its value; the value is read as if it had none.',
  },
};

/** Details that the parser keeps in its message only. */
const byMessage: readonly {
  readonly pattern: RegExp;
  readonly sentence: (match: RegExpExecArray) => string;
}[] = [
  { pattern: /closing "quote/, sentence: () => 'The closing " of this text is missing.' },
  { pattern: /closing 'quote/, sentence: () => "The closing ' of this text is missing." },
  { pattern: /end with a ([\]}])/, sentence: (match) => `The closing ${match[1] ?? ''} is missing.` },
  {
    pattern: /cannot start with (?:.*character )?(\S+)/,
    sentence: (match) => `Text can't start with ${match[1] ?? ''} unless it is quoted.`,
  },
  { pattern: /Missing , (?:or : )?between/, sentence: () => 'A comma is missing before this.' },
  { pattern: /Unexpected ,|empty item/, sentence: () => 'There is one comma too many.' },
  {
    pattern: /Comments must be separated/,
    sentence: () => 'Put a space before the # of a comment, or quote the text that contains it.',
  },
  { pattern: /Missing space after :/, sentence: () => 'A space is missing after the colon.' },
  {
    pattern: /need to be followed by map values/,
    sentence: () => "This line has no colon, so it is not a key. Write 'key: value'.",
  },
  { pattern: /without - indicator/, sentence: () => 'This list item has no dash before it.' },
  { pattern: /same line with directives-end/, sentence: () => 'Start the map on the line after ---.' },
  { pattern: /more indented|must start at/, sentence: () => 'The indentation fits none of the lines above.' },
];

/** A parser error as a problem: our code, our sentence, and the exact stretch of text. */
export function describeYamlError(
  error: YAMLError,
  text: string,
): Sentence & { readonly at: Span; readonly fix?: SpanFix | undefined } {
  const at = smallest(error.pos, text);
  const slip = slipAt(at, error, text);
  if (slip) return { ...slip, at };
  const special = byMessage.map(({ pattern, sentence }) => {
    const match = pattern.exec(error.message);
    return match ? sentence(match) : undefined;
  });
  const known = sentences[error.code];
  if (known && known.code !== 'yaml-syntax') return { ...known, at };
  const message = special.find((sentence) => sentence !== undefined) ?? known?.message;
  return { code: 'yaml-syntax', message: message ?? 'This can not be read as YAML.', at };
}

/** A line or bracket of which it is plain what is missing. */
function slipAt(
  [start, end]: Span,
  { code, message }: YAMLError,
  text: string,
): (Sentence & { readonly fix: SpanFix }) | undefined {
  if (code === 'MULTILINE_IMPLICIT_KEY' || code === 'MISSING_CHAR') {
    const line = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
    const key = /^([A-Za-z_]\w*)(:(?=[^\s:/\\])| (?=[\w.-]+ *(?:#|$)))/.exec(line);
    if (key && topKeys.has(key[1] ?? '') && isLineStart(text, start)) {
      const at = start + key[0].length;
      return key[2] === ':'
        ? {
            ...syntax('A space is missing after the colon.'),
            fix: { title: 'Insert a space', edits: [{ at: [at, at], newText: ' ' }] },
          }
        : {
            ...syntax('A colon is missing after the key.'),
            fix: { title: 'Insert a colon', edits: [{ at: [at - 1, at - 1], newText: ':' }] },
          };
    }
  }
  const closing = text.slice(start, end);
  const missing = /end with a ([\]}])/.exec(message)?.[1];
  if (missing !== undefined && /^[\]}]$/.test(closing) && closing !== missing) {
    return {
      ...syntax(`The closing ${missing} is missing.`),
      fix: { title: `Insert ${missing}`, edits: [{ at: [start, start], newText: missing }] },
    };
  }
  return undefined;
}

const topKeys: ReadonlySet<string> = new Set(keysOf('sweep'));

const isLineStart = (text: string, at: number): boolean => at === 0 || /[\r\n]/.test(text[at - 1] ?? '');

/** Inside the text, on one line, and at least one character wherever there is one. */
function smallest([from, to]: readonly [number, number], text: string): Span {
  let start = Math.max(0, Math.min(from, text.length));
  // what is missing at the very end is marked at the last character there is
  if (start === text.length) start = Math.max(0, text.trimEnd().length - 1);
  const lineEnd = text.slice(start).search(/[\r\n]/);
  const limit = lineEnd < 0 ? text.length : start + lineEnd;
  const end = Math.max(start, Math.min(to, limit));
  return [start, end === start ? Math.min(start + 1, text.length) : end];
}
