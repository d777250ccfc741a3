import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asLine, failureSentence } from '#engine/queues/cluster/systems/answers.ts';
import { replacing } from '#engine/queues/cluster/systems/replaced.ts';
import { elementsNamed, readXml, textOf } from '#engine/queues/cluster/systems/xml.ts';

describe('XML of batch systems', () => {
  it('becomes a tree with texts and attributes', () => {
    const root = readXml('\n<?xml version="1.0"?>\n<a><b x="1"> one &amp; two </b><c><b>3</b></c><d/></a>\n');
    assert.ok(root);
    assert.deepEqual(
      elementsNamed(root, 'b').map(({ text, attributes }) => [text, { ...attributes }]),
      [
        ['one & two', { x: '1' }],
        ['3', {}],
      ],
    );
    assert.equal(textOf(root, 'b'), 'one & two');
    assert.equal(textOf(root, 'd'), undefined);
  });

  it('is refused when it is cut short, empty or followed by something else', () => {
    const whole = '<a><b>1</b></a>';
    for (let length = 0; length < whole.length; length++)
      assert.equal(readXml(whole.slice(0, length)), undefined);
    for (const text of ['<a/><b/>', 'error: no', 'x<a/>', '<a/>x', '<a></b>', '<a>&nosuch;</a>'])
      assert.equal(readXml(text), undefined, text);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>/&;!?-[]"= ab\n'.split('')) }), (text) => {
        readXml(text);
      }),
    );
  });

  it('may nest deeply', () => {
    const depth = 50_000;
    const root = readXml('<a>'.repeat(depth) + '</a>'.repeat(depth));
    assert.equal(root && elementsNamed(root, 'a').length, depth);
  });
});

describe('sentences about commands that failed', () => {
  it('carry the program, the cause and its own words on one line', () => {
    const answer = { code: 1, stdout: '', stderr: 'squeue: error: \u001b[31mno\nway\u0007\n' };
    assert.equal(failureSentence(answer, 'squeue'), 'squeue failed with exit code 1: squeue: error: no way');
    assert.equal(
      failureSentence({ code: undefined, stdout: '', stderr: '', trouble: 'timed-out' }, 'qstat'),
      'qstat did not answer in time.',
    );
  });

  it('are cut', () => {
    assert.equal(asLine('word '.repeat(1_000_000)).length, 600);
  });
});

describe("a person's directives beside the driver's", () => {
  const { keptOf, isReplaced } = replacing('slurm', ['job-name', 'output', 'array', 'quiet']);

  it('stay as they are when none is replaced', () => {
    for (const line of [
      '#SBATCH -p gpu  --mem=4G',
      '#SBATCH --gres=gpu:1 # two',
      '#SBATCH --site-plugin=1',
      '# text',
    ]) {
      assert.equal(keptOf(line), line);
      assert.equal(isReplaced(line), false);
    }
  });

  it('are left out in every way to write them', () => {
    for (const line of [
      '#SBATCH --job-name=x',
      '#SBATCH --job-name x',
      '#SBATCH --job-n=x',
      '#SBATCH -J x',
      '#SBATCH -Jx',
      '#SBATCH -J "two words" -o out',
      '#SBATCH -QJ x # why',
      '#SBATCH -a0-9%2',
    ]) {
      assert.equal(keptOf(line), undefined, line);
      assert.equal(isReplaced(line), true);
    }
  });

  it('lose only what is replaced', () => {
    assert.equal(keptOf('#SBATCH -J x -p gpu'), '#SBATCH -p gpu');
    assert.equal(
      keptOf("#SBATCH -p gpu --output='a b' --site-plugin=1 # note"),
      '#SBATCH -p gpu  --site-plugin=1 # note',
    );
    assert.equal(keptOf('#SBATCH -QH'), '#SBATCH -H');
    assert.equal(keptOf('#SBATCH -HJ x'), '#SBATCH -H');
  });

  it('never become something else, whatever the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'-=Jopx "\'#\\ab'.split('')) }), (text) => {
        const kept = keptOf(`#SBATCH ${text}`);
        if (kept !== undefined) assert.equal(keptOf(kept), kept);
      }),
      { examples: [["-'a"]] },
    );
  });
});
