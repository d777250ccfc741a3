import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asFilePattern, looksLikeSweep } from '../../../client/src/editor/presentation/sweep-file.ts';

describe('a YAML file that is called otherwise', () => {
  const sweeps = [
    'method: grid\nparameters:\n  a: {values: [1]}\n',
    'parameters:\n  a: {values: [1]}\nmethod: "bayes" # not random\n',
    'program: x.py\r\nmethod: random\r\nparameters: {}\r\n',
    '\'method\': custom\n"parameters": {}\n',
  ];
  const others = [
    '',
    'parameters:\n  a: 1\n',
    'method: grid\n',
    'http:\n  method: grid\n  parameters: {}\n',
    'method: POST\nparameters: {}\n',
    'method: grids\nparameters: {}\n',
    'jobs:\n  - method: grid\n    parameters: {}\n',
  ];
  for (const text of sweeps) it(`is a sweep: ${JSON.stringify(text)}`, () => assert.ok(looksLikeSweep(text)));
  for (const text of others) it(`is none: ${JSON.stringify(text)}`, () => assert.ok(!looksLikeSweep(text)));

  it('is found by a pattern in any folder', () => {
    assert.equal(asFilePattern('*.hpo.yaml'), '**/*.hpo.yaml');
    assert.equal(asFilePattern('./experiments/*.yaml'), '**/experiments/*.yaml');
    assert.equal(asFilePattern('**/a.yaml'), '**/a.yaml');
    assert.equal(asFilePattern('/home/me/a.yaml'), '/home/me/a.yaml');
  });
});
