/** Shell patterns over names, as Python's `fnmatch.fnmatchcase`: `*`, `?`, `[abc]`, `[!a-z]`. */

/** Whether a name matches one of `include` and none of `exclude`. */
export function globFilter(
  include: readonly string[],
  exclude: readonly string[],
): (name: string) => boolean {
  const wanted = include.map(globPattern);
  const unwanted = exclude.map(globPattern);
  return (name) =>
    wanted.some((pattern) => pattern.test(name)) && !unwanted.some((pattern) => pattern.test(name));
}

function globPattern(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      // a ] right after the opening is a member of the set, and a [ without an end is itself
      const end = glob.indexOf(']', at + (glob.charAt(at + 1) === '!' ? 3 : 2));
      if (end < 0) {
        source += '\\[';
      } else {
        source += characterSet(glob.slice(at + 1, end));
        at = end;
      }
    } else source += character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  }
  return new RegExp(`^(?:${source})$`, 's');
}

function characterSet(members: string): string {
  const negated = members.startsWith('!');
  let inside = '';
  const list = negated ? members.slice(1) : members;
  for (let at = 0; at < list.length; at++) {
    const from = list.charAt(at);
    if (list.charAt(at + 1) === '-' && at + 2 < list.length) {
      const to = list.charAt(at + 2);
      if (from <= to) inside += `${unit(from)}-${unit(to)}`;
      at += 2;
    } else inside += unit(from);
  }
  if (inside === '') return negated ? '.' : '(?!)';
  return `[${negated ? '^' : ''}${inside}]`;
}

const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
