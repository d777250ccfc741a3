/** Compiles loopback.c, which keeps daemons on loopback that have no setting for it. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import type { SystemHome } from './home.ts';

/** Makes the library in the system's directory; resolves to its path, for the variable LD_PRELOAD. */
export async function compileLoopback(home: SystemHome): Promise<string> {
  const library = home.path('loopback.so');
  const source = path.join(import.meta.dirname, 'loopback.c');
  await home.must(['gcc', '-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl'], {});
  // The daemons run as other users. A library that they can't read is passed over with no more than a warning.
  chmodSync(library, 0o755);
  return library;
}
