/** Reporter of `node --test`: prints what failed and what tests wrote, counts the rest for the runner. */
import path from 'node:path';
import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';
import { writeCounts } from './counts.ts';

const reasonOf = (value: string | boolean | undefined): string =>
  typeof value === 'string' && value !== '' ? ` (${value})` : '';

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  /** Names of the suites around the test that reports next, per file and depth. */
  const names = new Map<string, string[]>();
  const place = (file: string | undefined, line: number | undefined): string =>
    file === undefined ? '' : ` [${path.relative('', file)}${line === undefined ? '' : `:${line}`}]`;

  for await (const event of events) {
    switch (event.type) {
      case 'test:start': {
        const { file = '', nesting, name } = event.data;
        names.set(file, [...(names.get(file) ?? []).slice(0, nesting), name]);
        break;
      }
      case 'test:pass':
      case 'test:fail': {
        const { data } = event;
        const full = [...(names.get(data.file ?? '') ?? []).slice(0, data.nesting), data.name].join(' > ');
        // A file stands for itself only when it could not run or holds no test; neither is a test that passed.
        const isFile = data.nesting === 0 && path.resolve(data.name) === data.file;
        if (data.skip !== undefined && data.skip !== false) skipped.push(full + reasonOf(data.skip));
        else if (data.todo !== undefined && data.todo !== false) skipped.push(full + reasonOf(data.todo));
        else if (event.type === 'test:pass') {
          if (data.details.type === 'suite') break;
          if (isFile) {
            failed++;
            yield `  FAILED ${full}: the file has no tests\n`;
          } else passed++;
        } else {
          const { error } = event.data.details;
          // It fails because of the tests in it, which have reported already.
          if ('failureType' in error && error.failureType === 'subtestsFailed') break;
          failed++;
          const shown = inspect(error.cause, { depth: 6 });
          yield `  FAILED ${full}${place(data.file, data.line)}\n${shown.replace(/^/gm, '      ')}\n`;
        }
        break;
      }
      case 'test:stderr':
      case 'test:stdout':
        yield event.data.message;
        break;
      default:
        break;
    }
  }
  writeCounts({ passed, failed, skipped });
}
