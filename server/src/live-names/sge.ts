/** What Grid Engine knows: qconf(1). */
import type { SiteName } from '#core/batch/site-names.ts';
import { linesOf, oneNameEach, type NamesByKind, type Query } from './query.ts';

const list = (option: string, kind: string): Query => ({
  argv: ['qconf', option],
  kinds: [kind],
  read: oneNameEach(kind),
});

/** The table of `qconf -sc`: name, shortcut, type, relation, whether it can be asked for, and more. */
export function readComplexes(output: string): NamesByKind | undefined {
  const lines = linesOf(output);
  if (!lines.some((line) => /^#name\s+shortcut\s+type\b/.test(line))) return undefined;
  return {
    resource: lines
      .filter((line) => !line.startsWith('#'))
      .flatMap((line): readonly SiteName[] => {
        const [name = '', shortcut = '', type = '', , requestable = ''] = line.trim().split(/\s+/);
        if (type === '' || requestable === 'NO') return [];
        return [{ name, detail: shortcut === name ? type : `${type}, short ${shortcut}` }];
      }),
  };
}

export const sgeQueries: readonly Query[] = [
  list('-sql', 'queue'),
  list('-spl', 'parallel-environment'),
  list('-sprjl', 'project'),
  list('-sckptl', 'checkpoint-environment'),
  { argv: ['qconf', '-sc'], kinds: ['resource'], read: readComplexes },
];
