/**
 * From which folder a sweep's program is found: the sweep file's own, else the nearest one above it, up
 * to the workspace folder. Paths are plain text of either kind; nothing is looked up here.
 */
type PathKind = 'posix' | 'windows';

/** Folders in which `program` is looked for, the sweep file's own first. */
export function programFolders(
  sweepFolder: string,
  workspaceFolder: string | undefined,
  kind: PathKind,
): readonly string[] {
  const start = normalized(sweepFolder, kind);
  const end = workspaceFolder === undefined ? undefined : normalized(workspaceFolder, kind);
  if (end === undefined || !isWithin(start, end, kind)) return [start];
  const folders = [start];
  for (let folder = start; !samePath(folder, end, kind);) {
    const parent = parentOf(folder, kind);
    if (parent === folder) break;
    folders.push(parent);
    folder = parent;
  }
  return folders;
}

/**
 * The first folder from which `program` exists, or `missing`. An absolute program belongs to the sweep
 * file's folder. `exists` is asked with joined paths.
 */
export function findProgram(
  program: string,
  folders: readonly string[],
  exists: (path: string) => boolean,
  kind: PathKind,
): { readonly folder: string } | 'missing' {
  const [own] = folders;
  if (own === undefined) return 'missing';
  if (isAbsolute(program, kind)) return exists(program) ? { folder: own } : 'missing';
  const folder = folders.find((candidate) => exists(joined(candidate, program, kind)));
  return folder === undefined ? 'missing' : { folder };
}

function isAbsolute(path: string, kind: PathKind): boolean {
  return kind === 'posix' ? path.startsWith('/') : /^(?:[A-Za-z]:[\\/]|[\\/])/.test(path);
}

/** Without separators at the end, unless it is a root. */
function normalized(path: string, kind: PathKind): string {
  const separated = kind === 'posix' ? path : path.replaceAll('/', '\\');
  const root = rootOf(separated, kind);
  const separator = kind === 'posix' ? '/' : '\\';
  let end = separated.length;
  while (end > root.length && separated[end - 1] === separator) end--;
  return separated.slice(0, end);
}

/** `/`, `C:\`, or the `\\server\share` of a network path. */
function rootOf(path: string, kind: PathKind): string {
  const pattern = kind === 'posix' ? /^\// : /^(?:[A-Za-z]:\\?|\\\\[^\\]+\\[^\\]+|\\)/;
  return pattern.exec(path)?.[0] ?? '';
}

function parentOf(path: string, kind: PathKind): string {
  const root = rootOf(path, kind);
  if (path.length <= root.length) return path;
  const cut = path.lastIndexOf(kind === 'posix' ? '/' : '\\');
  return cut < root.length ? root || path : normalized(path.slice(0, cut), kind);
}

function samePath(a: string, b: string, kind: PathKind): boolean {
  return kind === 'posix' ? a === b : a.toLowerCase() === b.toLowerCase();
}

function isWithin(path: string, folder: string, kind: PathKind): boolean {
  if (samePath(path, folder, kind)) return true;
  const separator = kind === 'posix' ? '/' : '\\';
  const prefix = folder.endsWith(separator) ? folder : folder + separator;
  return samePath(path.slice(0, prefix.length), prefix, kind);
}

function joined(folder: string, path: string, kind: PathKind): string {
  const separator = kind === 'posix' ? '/' : '\\';
  return folder.endsWith(separator) ? folder + path : folder + separator + path;
}
