#!/usr/bin/env node
/**
 * The language server as a program. The editor says on the command line how it talks to it:
 * `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`.
 */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './server.ts';
import { surroundingsOf } from './surroundings.ts';
import { sweepFile } from './sweep-file/features.ts';

startServer(createConnection(ProposedFeatures.all), {
  languages: new Map([['sweep', sweepFile]]),
  surroundingsOf,
});
