/** Which files are sweep files, by name, as `contributes.languages` of package.json says too. */
const name = /^(?:sweep|.*\.sweep|sweep[-_].*|.*[-_]sweep)\.ya?ml$/;

/** Glob of the sweep files of a workspace. */
export const sweepFilesGlob =
  '**/{sweep.yaml,sweep.yml,*.sweep.yaml,*.sweep.yml,sweep-*.yaml,sweep-*.yml,sweep_*.yaml,sweep_*.yml,*-sweep.yaml,*-sweep.yml,*_sweep.yaml,*_sweep.yml}';

/** Folders that hold no sweep files of the person's own. */
export const notOursGlob = '**/{node_modules,.sweeps,.git,.venv,venv,__pycache__}/**';

export function isSweepFileName(fileName: string): boolean {
  return name.test(fileName);
}

/** Whether the path lies in a `.sweeps` folder: a frozen copy, not a file to launch. */
export function isFrozen(path: string): boolean {
  return /(?:^|[/\\])\.sweeps[/\\]/.test(path);
}

/** Line that carries the code lenses: the first of `method:` and `parameters:`, else the first line. */
export function lensLine(text: string): number {
  const match = /^(?:method|parameters)[ \t]*:/m.exec(text);
  if (match === null) return 0;
  let line = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < match.index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** A sweep file to start from. */
export const newSweepFile = `# A sweep runs the program once for every combination of parameters.
program: train.py
method: grid
metric:
  name: loss
  goal: minimize
parameters:
  lr:
    values: [0.1, 0.01, 0.001]
  batch:
    values: [16, 32]
`;

const methods = /^(["']?)method\1[ \t]*:[ \t]*(["']?)(?:grid|random|bayes|custom)\2[ \t]*(?:#.*)?$/m;
const parameters = /^(["']?)parameters\1[ \t]*:/m;

/** Whether a YAML text is a sweep whatever its name: it has a method and parameters at its top, and W&B would take it. */
export function looksLikeSweep(text: string): boolean {
  return methods.test(text.replaceAll('\r', '')) && parameters.test(text);
}

/** A glob as people write it in settings: one without a folder means files anywhere, others are meant from any folder down. */
export function asFilePattern(glob: string): string {
  return glob.startsWith('/') || glob.startsWith('**/') ? glob : `**/${glob.replace(/^\.\//, '')}`;
}
