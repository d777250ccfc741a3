/** Whether what a program imports may read parameters as well. */
import type { Import } from './imports.ts';
import type { ProgramFiles } from './options.ts';

/** Packages that take no parameters of a sweep by themselves: the standard library, and what training programs live on. */
const bystanders: ReadonlySet<string> = new Set(
  (
    '__future__ abc argparse ast asyncio base64 bisect cmath collections concurrent contextlib copy csv ctypes ' +
    'dataclasses datetime decimal enum errno fnmatch fractions functools gc getpass glob gzip hashlib heapq html http ' +
    'importlib inspect io itertools json locale logging math mimetypes multiprocessing numbers operator os pathlib pickle ' +
    'pickletools platform pprint queue random re sched secrets select shelve shlex shutil signal site socket sqlite3 ssl stat ' +
    'statistics string struct subprocess sys sysconfig tarfile tempfile textwrap threading time timeit tomllib traceback types ' +
    'typing unicodedata unittest urllib uuid warnings weakref xml zipfile zlib zoneinfo ' +
    'wandb sweepdeck numpy scipy pandas sklearn matplotlib seaborn PIL cv2 skimage imageio h5py yaml tqdm rich joblib numba ' +
    'torch torchvision torchaudio torchmetrics torchtext timm tensorflow keras jax jaxlib flax optax haiku xgboost lightgbm ' +
    'catboost datasets tokenizers evaluate nltk gensim spacy gym gymnasium networkx torch_geometric dgl einops tensorboardX ' +
    'polars pyarrow requests typing_extensions psutil'
  ).split(' '),
);

/** More files than this are not looked through. */
const mostFiles = 60;
const importLine = /^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([^#\n)]*)|import[ \t]+([^#\n;]+))/gm;
const telltale = /\b(?:wandb|sweepdeck)\b/;

/**
 * Whether certainly none of the imported modules reads parameters: they are known packages, or files
 * beside the program that never speak of where parameters come from.
 */
export function isSilent(imports: readonly Import[], files: ProgramFiles | undefined): boolean {
  const pending = imports.map(({ module, member }) => ({ module, member, folder: '' }));
  const seen = new Set<string>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { module, member, folder } = next;
    const [top = ''] = module.split('.');
    const candidates = filesOf(module, member, folder);
    const found = files ? candidates.filter((path) => seen.has(path) || files.read(path) !== undefined) : [];
    if (found.length === 0) {
      if (!bystanders.has(top)) return false;
      continue;
    }
    for (const path of found) {
      if (seen.has(path)) continue;
      seen.add(path);
      if (seen.size > mostFiles) return false;
      const text = files?.read(path) ?? '';
      if (telltale.test(text)) return false;
      const inside = path.split('/').slice(0, -1).join('/');
      for (const [, from, members = '', plain = ''] of text.matchAll(importLine)) {
        if (from !== undefined)
          for (const one of members.split(','))
            pending.push({ module: from, member: one.trim().split(/\s/)[0] ?? '', folder: inside });
        else
          for (const one of plain.split(','))
            pending.push({ module: one.trim().split(/\s/)[0] ?? '', member: undefined, folder: inside });
      }
    }
  }
  return true;
}

/** The files that importing a module may run, as paths from the program's folder. */
function filesOf(module: string, member: string | undefined, folder: string): readonly string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const base = dots === 0 ? [] : folder.split('/').slice(0, dots > 1 ? -(dots - 1) : undefined);
  const parts = [...base, ...module.slice(dots).split('.')].filter((part) => part !== '');
  const paths: string[] = [];
  for (let length = 1; length <= parts.length; length++) {
    const path = parts.slice(0, length).join('/');
    paths.push(`${path}.py`, `${path}/__init__.py`);
  }
  if (member !== undefined && /^\w+$/.test(member))
    paths.push(`${[...parts, member].join('/')}.py`, `${[...parts, member].join('/')}/__init__.py`);
  return paths;
}
