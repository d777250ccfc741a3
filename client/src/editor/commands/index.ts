/** All commands as one table, and the one place that registers them. */
import * as vscode from 'vscode';
import { clusterCommands } from './cluster-commands.ts';
import type { Command, Deck } from './command.ts';
import { generalCommands } from './general-commands.ts';
import { jobCommands } from './job-commands.ts';
import { launchCommands } from './launch-commands.ts';
import { queueCommands } from './queue-commands.ts';
import { submitCommands } from './submit-commands.ts';
import { sweepCommands } from './sweep-commands.ts';

const commands: readonly Command[] = [
  ...launchCommands,
  ...submitCommands,
  ...sweepCommands,
  ...jobCommands,
  ...clusterCommands,
  ...queueCommands,
  ...generalCommands,
];

/** Registers every command. What one throws is a sentence, shown to the person and kept in the output channel. */
export function registerCommands(deck: Deck): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map((command) =>
      vscode.commands.registerCommand(`sweepdeck.${command.name}`, async (...args: readonly unknown[]) => {
        try {
          return await command.run(deck, ...args);
        } catch (error) {
          deck.output.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
          void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
          return undefined;
        }
      }),
    ),
  );
}
