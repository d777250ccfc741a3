/** Takes YAML files for sweep files that are named otherwise: by the setting's patterns, and by what they hold. */
import * as vscode from 'vscode';
import { asFilePattern, looksLikeSweep } from '../presentation/sweep-file.ts';

/** Characters of a text that are looked at: a sweep says early what it is. */
const looked = 20_000;

export class SweepLanguage implements vscode.Disposable {
  readonly #log: (error: unknown) => void;
  /** Documents that were decided about: whoever chooses another language afterwards means it. */
  readonly #decided = new Set<string>();
  readonly #subscription: vscode.Disposable;

  constructor(log: (error: unknown) => void) {
    this.#log = log;
    this.#subscription = vscode.workspace.onDidOpenTextDocument((document) => this.#look(document));
    for (const document of vscode.workspace.textDocuments) this.#look(document);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #look(document: vscode.TextDocument): void {
    if (document.languageId !== 'yaml' || document.uri.scheme === 'git') return;
    const key = document.uri.toString();
    if (this.#decided.has(key) || !isSweep(document)) return;
    this.#decided.add(key);
    vscode.languages.setTextDocumentLanguage(document, 'sweep').then(undefined, this.#log);
  }
}

function isSweep(document: vscode.TextDocument): boolean {
  const configuration = vscode.workspace.getConfiguration('sweepdeck', document.uri);
  const patterns = configuration.get<unknown>('files.patterns');
  if (Array.isArray(patterns)) {
    const named = patterns.filter((pattern) => typeof pattern === 'string' && pattern !== '');
    if (named.some((glob: string) => vscode.languages.match({ pattern: asFilePattern(glob) }, document) > 0))
      return true;
  }
  if (configuration.get<boolean>('files.detect') === false) return false;
  return looksLikeSweep(document.getText(new vscode.Range(0, 0, document.lineCount, 0)).slice(0, looked));
}
