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
  static async start(options: Pick<VscodeOptions, 'name' | 'trusted' | 'env'>): Promise<Workbench> {
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
    // The last thing that comes: what the extension contributes.
    await this.#icon.waitFor();
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
  command(title: string): Promise<void> {
    return this.#quickOpen('F1', `>${title}`, title);
  }

  /** Opens a file of the workspace by its path. */
  async open(file: string): Promise<void> {
    const { base, dir } = path.parse(file);
    await this.#quickOpen('Control+P', file, base, dir);
    await this.page.locator('.tab.active', { hasText: base }).waitFor();
  }

  /** Chooses an entry in the list that is open at the top. */
  choose(...texts: readonly string[]): Promise<void> {
    return this.#entry(texts).click();
  }

  #entry(texts: readonly string[]): Locator {
    let row = this.page.locator('.quick-input-list .monaco-list-row');
    for (const text of texts) row = row.filter({ hasText: text });
    return row.first();
  }

  /**
   * Opens the list at the top and takes the entry with these texts. Does it once more when nothing came, as people do:
   * a key is lost while the focus moves, and a list that opened early doesn't hold what came later.
   */
  async #quickOpen(key: string, typed: string, ...texts: readonly string[]): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[aria-controls="quickInput_list"]');
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press(key);
        await input.waitFor({ timeout: 3000 });
        await input.fill(typed);
        await this.#entry(texts).click({ timeout: 5000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /**
   * Opens the editor's list of actions by its key and waits for the one with the text. Does it once more when nothing
   * came, as people do: the list closes when something else gets the focus while it opens.
   */
  async actions(key: string, text: string): Promise<Locator> {
    const row = this.page.locator('.action-widget .monaco-list-row', { hasText: text }).first();
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press(key);
        await row.waitFor({ timeout: 5000 });
        return row;
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The item of the extension in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id="sweepdeck.sweepdeck.sweepdeck.status"]');
  }

  /** With its badge, which lies over it. */
  get #icon(): Locator {
    return this.page.locator('.activitybar .action-item:has(a[aria-label^="Sweeps"])');
  }

  /** Shows the container of the sweeps in the side bar. */
  async showSweeps(): Promise<void> {
    const title = this.page.locator('.part.sidebar .composite.title', { hasText: 'Sweeps' });
    for (let tries = 1; ; tries++) {
      try {
        // A click on the icon closes the side bar when it shows the sweeps already, or is about to.
        if (!(await title.isVisible())) await this.#icon.click();
        await title.waitFor({ timeout: 3000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
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
