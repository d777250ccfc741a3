/** Runs a mocha suite inside the extension host of a real VS Code. */
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { format } from 'node:util';
import type { Page } from 'playwright-core';
import type { Counts } from './counts.ts';
import { newPage, outFolder, startChromium, startVscode, type VscodeOptions } from './vscode.ts';

/** Environment variable with the path of the file the suite writes its results to. */
export const hostResultVariable = 'SWEEPDECK_HOST_RESULT';

export interface HostFailure {
  readonly title: string;
  readonly error: string;
}

/** What the suite writes when it has run to its end. */
export interface HostResult {
  readonly passed: number;
  readonly failures: readonly HostFailure[];
  readonly skipped: readonly string[];
}

export interface HostRun extends VscodeOptions {
  /** Absolute path of the extension that is tested. */
  readonly extension: string;
  /** Absolute path of the bundled suite; it exports `run`. Has to lie below the extension. */
  readonly suite: string;
  /** Hard limit in seconds. */
  readonly limit: number;
}

/**
 * The workbench takes what to develop and test from a JSON in its page: put ours there before its
 * scripts, which are deferred, read it. (Its URL parameter for this works in test builds only.)
 */
async function attach(page: Page, origin: string, extension: string, suite: string): Promise<void> {
  const { host } = new URL(origin);
  const uri = (file: string) => ({ scheme: 'vscode-remote', authority: host, path: file });
  await page.addInitScript(
    (development) => {
      interface Element {
        dataset: { settings: string };
      }
      const { document, MutationObserver, window } = globalThis as unknown as {
        document: { getElementById(id: string): Element | null };
        MutationObserver: new (found: (records: unknown, observer: { disconnect(): void }) => void) => {
          observe(target: unknown, options: object): void;
        };
        window: { top: unknown };
      };
      if (window !== window.top) return;
      new MutationObserver((_, observer) => {
        const element = document.getElementById('vscode-workbench-web-configuration');
        if (element === null) return;
        observer.disconnect();
        const configuration = JSON.parse(element.dataset.settings) as { developmentOptions?: object };
        configuration.developmentOptions = { ...configuration.developmentOptions, ...development };
        element.dataset.settings = JSON.stringify(configuration);
      }).observe(document, { childList: true, subtree: true });
    },
    { extensions: [uri(extension)], extensionTestsPath: uri(suite) },
  );
}

/**
 * Runs the suite. A pass needs both: the exit code 0 that VS Code reports, and the result file (when the
 * extension host is killed, VS Code reports 0 as well).
 */
export async function runInExtensionHost(run: HostRun): Promise<Counts> {
  const result = path.join(outFolder, `${run.name}.result.json`);
  const vscode = await startVscode({ ...run, env: { ...run.env, [hostResultVariable]: result } });
  try {
    const browser = await startChromium();
    try {
      const page = await newPage(browser);
      const exit = new Promise<number>((resolve) => {
        void page.exposeFunction('codeAutomationExit', resolve);
      });
      const console = createWriteStream(path.join(outFolder, `${run.name}.console.log`));
      await page.exposeFunction('codeAutomationLog', (_level: string, args: readonly unknown[]) => {
        console.write(`${format(...args)}\n`);
      });
      await attach(page, vscode.origin, run.extension, run.suite);
      await page.goto(vscode.url, { waitUntil: 'commit' });
      const code = await Promise.race([exit, sleep(run.limit * 1000, undefined, { ref: false })]);
      const counts = countsOf(run, code, result);
      console.end();
      if (counts.failed > 0) {
        await page.screenshot({ path: path.join(outFolder, `${run.name}-failed.png`) });
        vscode.keepLogs();
      }
      return counts;
    } finally {
      await browser.close();
    }
  } finally {
    await vscode.close();
  }
}

function countsOf(run: HostRun, code: number | undefined, file: string): Counts {
  const broken = (sentence: string, counts: Counts = { passed: 0, failed: 0, skipped: [] }): Counts => {
    console.log(`  FAILED ${run.name}: ${sentence} See test/out/${run.name}.*`);
    return { ...counts, failed: counts.failed + 1 };
  };
  if (code === undefined) return broken(`it did not end within ${run.limit} s.`);
  if (!existsSync(file))
    return broken(`it wrote no result (exit code ${code}): the extension host ended early.`);
  const { passed, failures, skipped } = JSON.parse(readFileSync(file, 'utf8')) as HostResult;
  for (const { title, error } of failures)
    console.log(`  FAILED ${title}\n${error.replace(/^/gm, '      ')}`);
  const counts: Counts = { passed, failed: failures.length, skipped };
  return code !== 0 && failures.length === 0
    ? broken(`exit code ${code} though no test failed.`, counts)
    : counts;
}
