import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkArity, parseCommandLine } from '../../../client/src/cli/command-line.ts';
import { CommandFailure } from '../../../client/src/cli/failure.ts';
import { VERBS } from '../../../client/src/cli/verbs.ts';

const parse = (...argv: string[]) => parseCommandLine(argv, VERBS);

const usageError = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CommandFailure);
  assert.equal(error.kind, 'usage');
  assert.equal(error.exitCode, 2);
  assert.match(error.message, message);
  return true;
};

describe('the command line', () => {
  it('takes the first argument as the verb, wherever the flags stand', () => {
    for (const argv of [
      ['launch', 'a.yaml', '--workers', '3', '--json'],
      ['--workers=3', 'launch', '--json', 'a.yaml'],
      ['--json', '--workers', '3', 'launch', 'a.yaml'],
    ]) {
      const { verb, positionals, flags } = parse(...argv);
      assert.equal(verb?.name, 'launch');
      assert.deepEqual(positionals, ['a.yaml']);
      assert.deepEqual({ ...flags }, { workers: 3, json: true });
    }
  });

  it('reads every kind of value', () => {
    const { flags } = parse(
      ...['launch', 'f', '--gpus', '0, 1', '--grace', '0.5', '--seed=0', '--interpreter', '/opt/my python'],
      ...['--no-brakes', '--max-consecutive-failures=0', '-q', '--root', '-odd-folder'],
    );
    assert.deepEqual(
      { ...flags },
      {
        gpus: ['0', '1'],
        grace: 0.5,
        seed: 0,
        interpreter: '/opt/my python',
        'no-brakes': true,
        'max-consecutive-failures': 0,
        quiet: true,
        root: '-odd-folder',
      },
    );
    assert.deepEqual(parse('launch', '--gpus', 'none').flags.gpus, []);
    assert.equal(parse('launch', '--gpus', 'auto').flags.gpus, 'auto');
  });

  it('takes everything after -- as arguments', () => {
    assert.deepEqual(parse('check', '--', '--json', '-x.yaml').positionals, ['--json', '-x.yaml']);
  });

  it('has no verb when there are only flags', () => {
    assert.equal(parse('--version').verb, undefined);
    assert.equal(parse().verb, undefined);
  });

  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['lanch', 'f'], /no command "lanch".*"sweepdeck launch"/],
    [['xyzzy'], /no command "xyzzy".*sweepdeck help/],
    [['launch', 'f', '--worker', '2'], /no flag --worker\. Did you mean --workers\?/],
    [['launch', 'f', '-z'], /no flag -z/],
    [['launch', 'f', '--workers'], /--workers needs a value: --workers N/],
    [['launch', 'f', '--workers', '--json'], /--workers needs a value/],
    [['launch', 'f', '--workers', '0'], /--workers 0: expected a whole number of at least 1\./],
    [['launch', 'f', '--workers', '2.5'], /--workers 2\.5: expected a whole number/],
    [['launch', 'f', '--workers', '99999999999999999999'], /expected a whole number/],
    [['launch', 'f', '--grace', '-1'], /--grace -1: expected a number of seconds/],
    [['launch', 'f', '--gpus', '0;rm'], /--gpus 0;rm: expected auto, none, or GPU ids/],
    [['launch', 'f', '--json=yes'], /--json takes no value/],
    [['launch', 'f', '--yes'], /"sweepdeck launch" takes no --yes\. Try: sweepdeck help launch/],
    [['list', '--workers', '2'], /"sweepdeck list" takes no --workers/],
  ];
  for (const [argv, message] of refused) {
    it(`refuses "${argv.join(' ')}" with a sentence`, () => {
      assert.throws(() => parse(...argv), usageError(message));
    });
  }

  it('says which argument is missing or too many', () => {
    const launch = parse('launch').verb;
    assert.ok(launch !== undefined);
    assert.throws(() => checkArity(launch, []), usageError(/missing: sweepdeck launch FILE/));
    assert.throws(
      () => checkArity(launch, ['a', 'b']),
      usageError(/Too many arguments: sweepdeck launch FILE/),
    );
    checkArity(launch, ['a']);
  });

  it('either understands any words or refuses them with a usage error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('launch', '--workers', '--', '-q', '--root'))),
        (argv) => {
          try {
            parse(...argv);
          } catch (error) {
            assert.ok(error instanceof CommandFailure && error.kind === 'usage', String(error));
          }
        },
      ),
    );
  });
});
