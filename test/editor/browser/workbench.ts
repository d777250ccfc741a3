/** VS Code's window as a person uses it: keys, clicks, and what can be read. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { SuiteContext, TestContext } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  newPage,
  outFolder,
  startChromium,
  startVscode,
  type RunningVscode,
  type VscodeOptions,
} from '../../harness/vscode.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

export class Workbench {
  readonly page: Page;
  readonly vscode: RunningVscode;
  readonly #browser: Browser;

  private constructor(vscode: RunningVscode, browser: Browser, page: Page) {
    this.vscode = vscode;
    this.#browser = browser;
    this.page = page;
  }

  /** Packs the extension, installs it into a fresh VS Code, and opens a copy of the examples there. */
  static async start(options: Pick<VscodeOptions, 'name' | 'trusted'>): Promise<Workbench> {
    mkdirSync(outFolder, { recursive: true });
    const vsix = path.join(outFolder, `${options.name}.vsix`);
    execFileSync(process.execPath, ['scripts/package.ts', vsix], { cwd: root, stdio: 'pipe' });
    const vscode = await startVscode({
      ...options,
      workspace: { copyOf: path.join(root, 'examples') },
      vsix,
      // A terminal drawn as text, which can be read, and not as a picture.
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    });
    try {
      const browser = await startChromium();
      const page = await newPage(browser);
      page.setDefaultTimeout(30_000);
      const workbench = new Workbench(vscode, browser, page);
      await page.goto(vscode.url, { waitUntil: 'commit' });
      await workbench.shown();
      return workbench;
    } catch (error) {
      await vscode.close();
      throw error;
    }
  }

  /** Resolves when the window is there and takes keys. */
  async shown(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await this.page.locator('.activitybar .action-item a[aria-label^="Explorer"]').waitFor();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.vscode.close();
  }

  /** Picture of the window, kept as `test/out/<name>.png`. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(outFolder, `${name}.png`) });
  }

  /** After a test that failed: a picture of the window, and VS Code's logs. */
  async keepIfFailed(test: TestContext | SuiteContext): Promise<void> {
    if (!('passed' in test) || test.passed) return;
    await this.screenshot(`failed-${test.name.replaceAll(/\W+/g, '-')}`);
    this.vscode.keepLogs();
  }

  /** Runs a command from the palette by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#pick(title, title);
  }

  /** Opens a file of the workspace by its path. */
  async open(file: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    const { base, dir } = path.parse(file);
    await this.#pick(file, base, dir);
    await this.page.locator('.tab.active', { hasText: base }).waitFor();
  }

  /** Chooses an entry in the list that is open at the top. */
  async choose(...texts: readonly string[]): Promise<void> {
    let row = this.page.locator('.quick-input-list .monaco-list-row');
    for (const text of texts) row = row.filter({ hasText: text });
    await row.first().click();
  }

  async #pick(typed: string, ...texts: readonly string[]): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await this.page.keyboard.type(typed);
    let row = this.page.locator('.quick-input-list .monaco-list-row');
    for (const text of texts) row = row.filter({ hasText: text });
    await row.first().waitFor();
    await row.first().click();
  }

  /** The item of the extension in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id="sweepdeck.sweepdeck.sweepdeck.status"]');
  }

  /** Shows the container of the sweeps in the side bar. */
  async showSweeps(): Promise<void> {
    // Not by a click on the icon, which closes the side bar when it shows the sweeps already.
    await this.command('Focus on Sweeps View');
    const title = this.page.locator('.part.sidebar .composite.title', { hasText: 'Sweeps' });
    await title.waitFor();
  }

  /** Lines of the tree that hold the text. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.customview-tree .monaco-list-row', { hasText: text });
  }

  /** All visible lines of the tree, label and description with a space between. */
  async rows(): Promise<readonly string[]> {
    const labels = await this.page
      .locator('.customview-tree .monaco-list-row .monaco-icon-label-container')
      .all();
    return Promise.all(
      labels.map(async (label) => (await label.locator('> span').allInnerTexts()).join(' ').trim()),
    );
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }
}
