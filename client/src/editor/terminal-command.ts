import path from 'node:path';
import type * as vscode from 'vscode';

/**
 * Puts the command `sweepdeck` on the PATH of the editor's terminals, new ones at once. It runs on the
 * editor's own runtime, so that no Node.js has to be installed where the editor runs.
 */
export function offerTerminalCommand(context: vscode.ExtensionContext, isWanted: boolean): void {
  const environment = context.environmentVariableCollection;
  if (!isWanted) {
    environment.clear();
    return;
  }
  environment.description = 'the `sweepdeck` command';
  environment.prepend('PATH', context.asAbsolutePath('bin') + path.delimiter);
  environment.replace('SWEEPDECK_NODE', process.execPath);
}
