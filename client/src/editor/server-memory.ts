/**
 * V8's figures for the language server, in MiB: each edit of a large file makes garbage of a whole syntax tree, and
 * V8 left to itself lets it pile up to twice the memory before it looks.
 */
export const serverMemory: readonly string[] = ['--max-semi-space-size=4', '--max-old-space-size=1024'];
