/** The left side of an override: `lr`, `+db.port`, `++a-b.$c.0`, `~db/mysql@backup`. */
import { Refusal, type Span } from './problems.ts';

export type Prefix = '' | '+' | '++' | '~';

export interface Key {
  readonly prefix: Prefix;
  /** A dotted name, or a configuration group with slashes; may be empty. */
  readonly path: string;
  /** What stands after the `@`; may be empty. */
  readonly package?: string;
}

const name = '[A-Za-z_$][A-Za-z0-9_$-]*';
const index = '(?:0|[1-9](?:_?[0-9])*)';
const part = `(?:${name}|${index})`;
const dotted = new RegExp(`^(?:|${name}|${part}(?:\\.${part})+)$`);
const group = /^[A-Za-z_][A-Za-z0-9_-]*(?:\/[A-Za-z_][A-Za-z0-9_-]*)+$/;

/**
 * The key of an override; `end` is the offset of its `=`, or the end of the word.
 * @throws Refusal when it isn't one.
 */
export function parseKey(word: string, end: number): Key {
  const whole = word.slice(0, end);
  const prefix = (/^(?:\+\+?|~)/.exec(whole)?.[0] ?? '') as Prefix;
  const blank = /[ \t]+/.exec(whole);
  if (blank !== null) {
    const span: Span = [blank.index, blank.index + blank[0].length];
    throw new Refusal('multirun-key', 'A blank cannot stand before the = of an override.', span);
  }
  const at = whole.indexOf('@');
  const path = whole.slice(prefix.length, at < 0 ? end : at);
  if (!dotted.test(path) && !group.test(path)) throw refusal(path, prefix.length);
  if (at < 0) return { prefix, path };
  const packageName = whole.slice(at + 1);
  const colon = packageName.indexOf(':');
  if (colon >= 0) {
    const span: Span = [at + 1 + colon, end];
    throw new Refusal(
      'multirun-key',
      'Renaming a package with @old:new existed only in Hydra 1.0. Write group@new, and remove the old one with ~group@old.',
      span,
    );
  }
  if (!dotted.test(packageName)) throw refusal(packageName, at + 1);
  return { prefix, path, package: packageName };
}

/** The key as Hydra prints it, and by which it tells overrides apart. */
export function printKey(key: Key): string {
  return key.prefix + key.path + (key.package === undefined ? '' : `@${key.package}`);
}

/** Whether the override is about Hydra itself. */
export function isHydraKey({ path }: Key): boolean {
  return path.startsWith('hydra.') || path.startsWith('hydra/');
}

function refusal(path: string, offset: number): Refusal {
  const bad = /[^A-Za-z0-9_$./-]/u.exec(path);
  if (bad !== null) {
    return new Refusal(
      'multirun-key',
      `A key cannot contain ${bad[0]}: it is made of letters, digits, _, - and $, with dots or slashes between.`,
      [offset + bad.index, offset + bad.index + bad[0].length],
    );
  }
  const span: Span = [offset, offset + path.length];
  const message = path.includes('/')
    ? `${path} is not a configuration group: between the slashes stand names of letters, digits, _ and -, without dots.`
    : `${path} is not a key: between the dots stand names that start with a letter, _ or $, or numbers without leading zeros.`;
  return new Refusal('multirun-key', message, span);
}
