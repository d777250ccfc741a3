/**
 * Marks the directive that a batch system refused where a person wrote it: in the batch script, in the sweep file, or in
 * the settings. The mark goes when that file is edited, and when the jobs wait no longer because of it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { type System, systems } from '#core/batch/systems.ts';
import type { Range } from '#core/text.ts';
import {
  lineInScript,
  nextStep,
  type Refused,
  refusalOf,
  refusedDirective,
} from '../presentation/refusal.ts';
import type { Settings } from '../settings.ts';
import type { Folder, OpenSweep, Workspaces, WorkspacesChange } from '../workspaces.ts';

/** A place in a file. */
export interface Place {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  readonly origin: 'own-file' | 'settings';
}

/** A file that jobs were made of, and the queue that they were for. */
export interface Refusable {
  readonly folder: Folder;
  /** Absolute path. */
  readonly file: string;
  readonly source: 'sweep-file' | 'batch-script';
  readonly queue: string;
}

interface Told {
  readonly refusal: string;
  readonly mark?: { readonly uri: vscode.Uri; readonly diagnostic: vscode.Diagnostic };
}

export class Refusals implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #settings: Settings;
  readonly #log: (error: unknown) => void;
  readonly #marks = vscode.languages.createDiagnosticCollection('sweepdeck-submit');
  /** By the sweep's key. */
  readonly #told = new Map<string, Told>();
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(workspaces: Workspaces, settings: Settings, log: (error: unknown) => void) {
    this.#workspaces = workspaces;
    this.#settings = settings;
    this.#log = log;
    this.#disposables = [
      this.#marks,
      workspaces.onDidChange((change) => this.#onChange(change)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#unmark((uri) => uri.toString() === document.uri.toString());
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Opens the line that the batch system refused, or the settings where no line is to be found. */
  async show({ folder, view }: OpenSweep): Promise<void> {
    const refused = refusedDirective(refusalOf(view.state) ?? '');
    const place = refused && (await this.find(refused, { folder, ...view.state }));
    if (place !== undefined) await open(place);
    else if (view.state.source === 'batch-script')
      await vscode.window.showTextDocument(vscode.Uri.file(view.state.file));
    else await vscode.commands.executeCommand('workbench.action.openSettings', 'sweepdeck.queues');
  }

  /** Where the directive was written; undefined when it is in none of the files that can be read. */
  async find({ directive }: Refused, { folder, file, source, queue }: Refusable): Promise<Place | undefined> {
    const { placeInSettings, placeInSweepFile } = await import('#engine/index.ts');
    const system = this.#systemOf(queue, folder);
    const own = await textOf(vscode.Uri.file(file));
    if (source === 'batch-script') {
      const found = own === undefined ? undefined : lineInScript(directive, own);
      if (found !== undefined) {
        const range = new vscode.Range(found.line, found.start, found.line, found.end);
        return { uri: vscode.Uri.file(file), range, origin: 'own-file' };
      }
    }
    if (system === undefined) return undefined;
    if (source === 'sweep-file') {
      const found = own === undefined ? undefined : placeInSweepFile(own, directive, system);
      if (found !== undefined)
        return { uri: vscode.Uri.file(file), range: rangeOf(found), origin: 'own-file' };
    }
    for (const uri of settingsFiles(folder)) {
      const text = await textOf(uri);
      const found =
        text === undefined ? undefined : placeInSettings(text, directive, { name: queue, system });
      if (found !== undefined) return { uri, range: rangeOf(found), origin: 'settings' };
    }
    return undefined;
  }

  #systemOf(queue: string, folder: Folder): System | undefined {
    const { queues = {} } = this.#settings.of(folder);
    return queues[queue]?.system ?? systems.find((system) => system === queue);
  }

  #onChange(change: WorkspacesChange): void {
    if (change.type === 'metrics') return;
    if (change.type === 'reset') {
      for (const { key } of this.#workspaces.list()) this.#look(key);
      return;
    }
    if (change.type !== 'changed' || change.phase) this.#look(change.key);
  }

  #look(key: string): void {
    const sweep = this.#workspaces.find(key);
    const refusal = sweep === undefined ? undefined : refusalOf(sweep.view.state);
    if (sweep === undefined || refusal === undefined) {
      if (this.#told.delete(key)) this.#publish();
      // a file that is launched anew is judged anew
      if (sweep?.view.state.phase === 'running') this.#unmark((uri) => uri.fsPath === sweep.view.state.file);
      return;
    }
    if (this.#told.get(key)?.refusal === refusal) return;
    this.#told.set(key, { refusal });
    this.#mark(key, sweep, refusal).catch(this.#log);
  }

  async #mark(key: string, { folder, view }: OpenSweep, refusal: string): Promise<void> {
    const refused = refusedDirective(refusal);
    const place = refused && (await this.find(refused, { folder, ...view.state }));
    // it may have been mended, or refused anew, while files were read
    if (place === undefined || this.#told.get(key)?.refusal !== refusal) return;
    const message = `${refused?.message ?? refusal}\n${nextStep(place.origin, view.state)}`;
    const diagnostic = new vscode.Diagnostic(place.range, message, vscode.DiagnosticSeverity.Error);
    diagnostic.source = 'sweepdeck';
    this.#told.set(key, { refusal, mark: { uri: place.uri, diagnostic } });
    this.#publish();
  }

  /** Takes marks away until their sweeps are refused for something else. */
  #unmark(isMeant: (uri: vscode.Uri) => boolean): void {
    let changed = false;
    for (const [key, { refusal, mark }] of this.#told) {
      if (mark === undefined || !isMeant(mark.uri)) continue;
      this.#told.set(key, { refusal });
      changed = true;
    }
    if (changed) this.#publish();
  }

  #publish(): void {
    this.#marks.clear();
    const marks = [...this.#told.values()].flatMap(({ mark }) => mark ?? []);
    for (const { uri } of marks) {
      const here = marks.filter((mark) => mark.uri.toString() === uri.toString());
      this.#marks.set(
        uri,
        here.map(({ diagnostic }) => diagnostic),
      );
    }
  }
}

export async function open({ uri, range }: Place): Promise<void> {
  await vscode.window.showTextDocument(uri, { selection: range });
}

/** Settings files that a workspace's extension can read: those of a person's own are out of reach over a remote connection. */
function settingsFiles(folder: Folder): readonly vscode.Uri[] {
  const { workspaceFile } = vscode.workspace;
  return [
    ...(workspaceFile?.scheme === 'file' ? [workspaceFile] : []),
    vscode.Uri.file(path.join(folder.path, '.vscode', 'settings.json')),
  ];
}

/** As it is in the editor, else on the disk; undefined when it is not there. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document !== undefined) return document.getText();
  try {
    return await readFile(uri.fsPath, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const rangeOf = ({ start, end }: Range): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);
