/** Reads the recorded outputs of batch systems' commands, below test/fixtures/batch-systems. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Answer } from '#engine/queues/cluster/batch-system.ts';

const root = new URL('../../../fixtures/batch-systems/', import.meta.url);

export const recorded = (system: string): readonly string[] =>
  readdirSync(new URL(`${system}/`, root))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -'.txt'.length));

/** What the commands of a file answered, in order. A stream that holds both outputs counts as error output. */
export function answersOf(system: string, name: string): readonly Answer[] {
  const text = readFileSync(new URL(`${system}/${name}.txt`, root), 'utf8');
  const blocks = text.matchAll(
    /^--- stdout\n([^]*?)--- stderr\n([^]*?)--- exit (\d+)$|^--- stdout\+stderr\n([^]*?)--- exit (\d+)$/gm,
  );
  return [...blocks].map(([, stdout = '', stderr = '', code, both = '', otherCode]) => ({
    code: Number(code ?? otherCode),
    stdout,
    stderr: stderr + both,
  }));
}

/** The answer of a file that holds one. */
export function answerOf(system: string, name: string): Answer {
  const [answer] = answersOf(system, name);
  if (answer === undefined) throw new Error(`${system}/${name}.txt holds no answer.`);
  return answer;
}
