#!/usr/bin/env node
/**
 * The language server as a program. The editor says on the command line how it talks to it:
 * `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`.
 */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { batchScript } from './batch-script/features.ts';
import { LiveNames } from './live-names/live-names.ts';
import { startServer } from './server.ts';
import { NearbyPrograms } from './nearby-programs.ts';
import { ProgramsOnDisk } from './programs.ts';
import { SeenMetrics } from './seen-metrics.ts';
import { FilesOnDisk, surroundingsOf } from './surroundings.ts';
import { sweepFile } from './sweep-file/features.ts';

const files = new FilesOnDisk();
const programs = new ProgramsOnDisk();
const metrics = new SeenMetrics();
const nearby = new NearbyPrograms();
const siteNames = new LiveNames();

startServer(createConnection(ProposedFeatures.all), {
  languages: new Map([
    ['sweep', sweepFile],
    ['shellscript', batchScript],
  ]),
  surroundingsOf: (uri, roots, { readsProgram, asksBatchSystem, queues }) => ({
    ...surroundingsOf(uri, roots, files, {
      metrics,
      nearby,
      ...(readsProgram && { programs }),
    }),
    ...(queues && { queues }),
    ...(asksBatchSystem && { siteNames: (system, kind) => siteNames.of(system, kind) }),
  }),
  forgetSurroundings: () => {
    files.forget();
    programs.forget();
    metrics.forget();
    nearby.forget();
  },
  onSurroundingsChanged: (callback) => {
    siteNames.onArrival(callback);
  },
});
