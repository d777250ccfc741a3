import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';

/** Shows a folder in the desktop's file browser, or in the explorer where there is no desktop. Throws when it is not there. */
export async function openFolder(directory: string): Promise<void> {
  try {
    await stat(directory);
  } catch (error) {
    throw new Error(`${directory} does not exist yet: it is made when the job starts.`, { cause: error });
  }
  const desktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  await vscode.commands.executeCommand(
    desktop ? 'revealFileInOS' : 'revealInExplorer',
    vscode.Uri.file(directory),
  );
}
