import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mentionsOfPython } from '#core/batch/commands/program.ts';
import { statementsOf, type Node, type Statement } from '#core/batch/commands/tree.ts';
import { casesOf } from './golden.ts';

const cases = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch', 'commands', 'cases');
const texts = readdirSync(cases)
  .flatMap((file) => casesOf(readFileSync(path.join(cases, file), 'utf8')))
  .map(({ text }) => text);

/** What makes a line an ordinary one, or something that goes on. */
const piece = fc.constantFrom(
  ...['python a.py lr=1,2', 'torchrun', 'echo', 'cd x', 'a=1', '$s', '${s', "$'", '$(', '`', '"', "'"],
  ...['\\', '\\\n', '\n', '\n', '\n', '\r\n', ';', '&', '|', '|&', '&&', '||', ';;', '(', ')', '((', '))'],
  ...['{', '}', '!', '[[', ']]', 'for s in 1 2; do', 'while', 'until', 'select', 'do', 'done', 'if', 'then'],
  ...['elif', 'else', 'fi', 'case x in', 'a)', 'esac', 'function f', 'f()', '<<EOF', '<<-E', '<<<', 'EOF\n'],
  ...['\tE\n', '# c', '#SBATCH -t 10\n', '# python\n', '>', '>>', '2>&1', '&>', '> #', '{v}>', '<', 'ä'],
);
/** Words with a Python command among them now and then: at the beginning of a line or elsewhere. */
const line = fc
  .array(fc.tuple(piece, fc.constantFrom(' ', ' ', ' ', '')), { maxLength: 5 })
  .map((pieces) => `${pieces.flat().join('')}\n`);
const scripts = fc
  .array(fc.oneof({ weight: 2, arbitrary: line }, { weight: 1, arbitrary: fc.constant('python a.py\n') }), {
    maxLength: 12,
  })
  .map((lines) => lines.join(''));
const edited = fc
  .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(6), piece)
  .map(
    ([text, at, cut, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut),
  );

const shapeOf = (node: Node): unknown =>
  node.kind === 'simple'
    ? { span: node.span, parts: node.parts }
    : { ...node, body: node.body.map(statementShape) };
const statementShape = ({ nodes, span, end }: Statement): unknown => ({
  nodes: nodes.map(shapeOf),
  span,
  end,
});

describe('lines that nobody asks about', () => {
  it('change nothing for the others when they are stepped over', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: scripts }, { weight: 1, arbitrary: edited }), (text) => {
        const mentions = mentionsOfPython(text);
        const everything = Array.from({ length: text.length }, (_, offset) => offset);
        const whole = statementsOf(text, 0, everything);
        const some = statementsOf(text, 0, mentions);
        const wanted = ({ span: [start, end] }: Statement) => mentions.some((at) => start <= at && at < end);
        assert.deepEqual(
          some.statements.filter(wanted).map(statementShape),
          whole.statements.filter(wanted).map(statementShape),
        );
        assert.deepEqual(some.comments, whole.comments);
        assert.deepEqual(some.unclosed, whole.unclosed);
      }),
      { numRuns: 4000 },
    );
  });

  it('are stepped over where each of their statements ends on its line', () => {
    const ordinary = [
      'cd "$HOME/x" && make 2>&1 | tail -n 1 > log; echo "a; if (b)" # it\'s done',
      '',
      '  export A=${B:-"c d"} C=$(date) &',
      "echo 'several",
      "lines' \\",
      '  and one more',
    ].join('\n');
    const text = `${ordinary}\npython a.py\n${ordinary}\n`;
    const { statements } = statementsOf(text, 0, mentionsOfPython(text));
    assert.deepEqual(
      statements.map(({ span }) => text.slice(...span)),
      ['python a.py'],
    );
  });
});
