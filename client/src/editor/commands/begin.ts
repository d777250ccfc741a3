/** What launching a sweep file and submitting a batch script share: the saved file before, the new sweep behind. */
import * as vscode from 'vscode';
import { LaunchRefused, type SweepView } from '#engine/sweeps.ts';
import { refusedDirective, unusableQueue } from '../presentation/refusal.ts';
import { open } from '../views/refusals.ts';
import type { Deck } from './command.ts';

/** The file with its text on the disk; undefined when the person didn't save it. */
export async function saved(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document === undefined || (!document.isDirty && !document.isUntitled)) return uri;
  if (document.isUntitled) return vscode.workspace.save(uri);
  if (await document.save()) return uri;
  throw new Error(vscode.l10n.t('{0} could not be saved, so it was not launched.', uri.fsPath));
}

/** Begins a sweep and shows it in the tree. Returns its id, or undefined when the file was refused, which is told. */
export async function begin(
  deck: Deck,
  file: vscode.Uri,
  launch: () => Promise<SweepView>,
): Promise<string | undefined> {
  try {
    const view = await launch();
    deck.output.info(`Launched ${view.id} from ${file.fsPath}.`);
    const sweep = deck.workspaces.find(view.directory);
    // it runs, whether the tree can show it or not
    if (sweep !== undefined) {
      deck.tree.revealSweep(sweep).catch((error: unknown) => deck.output.warn(String(error)));
    }
    return view.id;
  } catch (error) {
    if (error instanceof LaunchRefused) {
      deck.output.warn(error.message);
      showProblem(deck, file, error);
      return undefined;
    }
    if (await showUnusableQueue(deck, file, error)) return undefined;
    throw error;
  }
}

/** A queue whose directives the system would refuse: told, and led to where they are written. False: it is something else. */
async function showUnusableQueue(
  { output, refusals, workspaces }: Deck,
  { fsPath: file }: vscode.Uri,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof Error)) return false;
  const [queue, refused] = [unusableQueue(error.message), refusedDirective(error.message)];
  const folder = workspaces.folderOf(file)?.folder;
  if (queue === undefined || refused === undefined || folder === undefined) return false;
  const place = await refusals.find(refused, { folder, file, source: 'sweep-file', queue });
  if (place === undefined) return false;
  output.warn(error.message);
  const show = vscode.l10n.t('Show line');
  Promise.resolve(vscode.window.showErrorMessage(error.message, show))
    .then((answer) => (answer === show ? open(place) : undefined))
    .catch((trouble: unknown) => output.error(String(trouble)));
  return true;
}

/** Tells what is wrong with a file that was to be launched, and leads there. */
function showProblem({ output }: Deck, uri: vscode.Uri, refusal: LaunchRefused): void {
  const show = vscode.l10n.t('Show problem');
  Promise.resolve(vscode.window.showErrorMessage(refusal.message, show))
    .then(async (answer) => {
      const problem = refusal.problems.find(({ severity }) => severity === 'error');
      if (answer !== show || problem === undefined) return;
      const { start, end } = problem.range;
      const selection = new vscode.Range(start.line, start.character, end.line, end.character);
      await vscode.window.showTextDocument(uri, { selection });
    })
    .catch((error: unknown) => output.error(String(error)));
}
