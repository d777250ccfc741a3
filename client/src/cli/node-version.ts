/**
 * Imported first, before anything that may not load: the `sweepdeck` of an installation is run by whatever `node`
 * the terminal finds.
 */
const OLDEST = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  process.stderr.write(
    `sweepdeck needs Node.js ${OLDEST} or later; this is ${process.version} (${process.execPath}).\n`,
  );
  process.exit(70);
}
