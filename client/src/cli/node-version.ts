/**
 * Imported first, before anything that may not load: the `sweepdeck` of an installation is run by whatever `node`
 * the terminal finds.
 */
const OLDEST = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  process.stderr.write(
    `sweepdeck needs Node.js ${OLDEST} or later; this is ${process.version} (${process.execPath}).\n`,
  );
  process.exit(70);
}

// execa joins two sets while it loads, with a method that Node 20 lacks; nothing else of Node 22 is used
if (!('union' in Set.prototype)) {
  Object.defineProperty(Set.prototype, 'union', {
    configurable: true,
    writable: true,
    value: function union(this: Set<unknown>, other: { keys: () => Iterable<unknown> }): Set<unknown> {
      return new Set([...this, ...other.keys()]);
    },
  });
}
