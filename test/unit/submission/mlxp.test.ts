import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  importsMlxp,
  infoText,
  isMlxpOverride,
  mlxpOverrides,
  parentLogDirectoryOf,
} from '#core/batch/mlxp.ts';
import { parseOverride } from '#core/multirun/multirun.ts';
import { toValue } from '#core/multirun/values.ts';

describe('a program', () => {
  const uses: readonly string[] = [
    'import mlxp\n',
    'import os, mlxp as m\n',
    'from mlxp import launch\n',
    'try:\n    from mlxp.launcher import x\nexcept ImportError:\n    pass\n',
  ];
  for (const text of uses) it(`uses MLXP by ${JSON.stringify(text)}`, () => assert.ok(importsMlxp(text)));

  const others: readonly string[] = [
    '# import mlxp\n',
    '"""\nimport mlxp\n"""\n',
    'import mlxp_tools\n',
    'mlxp = 1\n',
  ];
  for (const text of others) it(`doesn't by ${JSON.stringify(text)}`, () => assert.ok(!importsMlxp(text)));
});

describe('the overrides for MLXP', () => {
  it('name the directory and keep it from submitting anything itself', () => {
    assert.deepEqual(mlxpOverrides(7, '/work/logs'), [
      '+mlxp.logger.forced_log_id=7',
      '+mlxp.logger.parent_log_dir=/work/logs',
      '+mlxp.use_scheduler=False',
      '+mlxp.use_version_manager=False',
      '+mlxp.interactive_mode=False',
    ]);
  });

  it('replace those of the script, however they are written', () => {
    for (const key of ['mlxp.use_scheduler', '+mlxp.use_scheduler', '++mlxp.logger.forced_log_id'])
      assert.ok(isMlxpOverride(key));
    for (const key of ['mlxp.use_logger', 'mlxp', 'model.mlxp.use_scheduler', 'optimizer.lr'])
      assert.ok(!isMlxpOverride(key));
  });

  it('carry any path', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'B', '7', ' ', "'", '"', '\\', ',', '$', '{', '(', '=', '-'),
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
        const path = `/${parts.join('/')}`;
        const override = mlxpOverrides(1, path)[1] ?? '';
        const read = parseOverride(override);
        assert.ok('override' in read, override);
        assert.equal(read.override.value.kind === 'choice', false);
        const { value } = read.override;
        assert.ok(value.kind !== 'choice' && value.kind !== 'range' && value.kind !== 'glob');
        assert.equal(toValue(value), path);
      }),
    );
  });
});

describe("MLXP's settings file", () => {
  it('says where the logs go', () => {
    assert.equal(parentLogDirectoryOf('logger:\n  parent_log_dir: ./runs\n'), './runs');
    for (const text of ['', 'logger: 3\n', 'logger: {name: x}\n', '- a\n', 'logger: {parent_log_dir: [\n'])
      assert.equal(parentLogDirectoryOf(text), undefined, text);
  });
});

describe('metadata/info.yaml', () => {
  it('reads as the mapping that MLXP writes', () => {
    const text = infoText({
      status: 'RUNNING',
      program: '/work/my project/train.py',
      executable: 'python3.11',
      workingDirectory: '/work/my project',
      directory: '/work/logs/7',
      logId: 7,
      schedulerJobId: '123_4',
      hostname: 'node-1',
      processId: 42,
      started: { date: '21/11/2026', time: '09:05:00' },
    });
    assert.deepEqual(parse(text), {
      status: 'RUNNING',
      current_file_path: '/work/my project/train.py',
      executable: 'python3.11',
      hostname: 'node-1',
      process_id: 42,
      start_date: '21/11/2026',
      start_time: '09:05:00',
      work_dir: '/work/my project',
      logger: {
        log_id: 7,
        log_dir: '/work/logs/7',
        metrics_dir: '/work/logs/7/metrics',
        metadata_dir: '/work/logs/7/metadata',
        artifacts_dir: '/work/logs/7/artifacts',
      },
      scheduler: { scheduler_job_id: '123_4' },
      version_manager: {},
    });
  });
});
