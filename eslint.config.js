import tseslint from 'typescript-eslint';

/**
 * The arrows of the house: imports point down only.
 * editor, cli and server stand on engine (editor and cli only), engine stands on core, core on schemas.
 */
const floor = (files, forbidden) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden }] },
});
const upward = (...names) => ({
  group: names.flatMap((name) => [`**/${name}/**`, `#${name.split('/').at(-1)}/*`]),
  message: 'Imports point down only: see "Floors and arrows" in CONTRIBUTING.md.',
});
const vscode = { group: ['vscode'], message: 'Only client/src/editor may import vscode.' };

export default tseslint.config(
  {
    ignores: ['dist', 'node_modules', 'core/generated', 'test/out', '.vscode-real', '.vscode-test', 'media'],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  floor(
    ['core/src/**'],
    [
      vscode,
      upward('client', 'client/src/engine', 'server'),
      { group: ['node:*', 'fs', 'path', 'os', 'child_process', 'execa'], message: 'core is pure: no I/O.' },
    ],
  ),
  {
    files: ['core/src/**'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'console'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'core has no clock: pass the time in.' },
        { object: 'Math', property: 'random', message: 'core has no randomness of its own: pass a seed in.' },
      ],
    },
  },
  floor(['client/src/engine/**'], [vscode, upward('editor', 'cli', 'server')]),
  floor(['client/src/cli/**'], [vscode, upward('editor', 'server')]),
  floor(['client/src/editor/**'], [upward('cli', 'server')]),
  floor(['server/src/**'], [vscode, upward('client', 'client/src/engine', 'editor', 'cli')]),
  {
    files: ['test/**'],
    rules: {
      // node:test's describe/it return promises that the runner itself awaits
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: '@types/node', name: ['describe', 'it', 'test', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
);
