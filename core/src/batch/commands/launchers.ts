/** Programs that start the program behind them, and the options that they take before it. */

export interface Launcher {
  /** How many words belong to an option that has them behind it. */
  readonly values: Readonly<Record<string, number>>;
  /** Options without a value of their own. */
  readonly flags?: readonly string[];
  /** Words between the options and the program: an image, a duration. */
  readonly words?: number;
  /** Words that say what to do: `run`, `exec`. */
  readonly verbs?: readonly string[];
  /** Whether `NAME=value` words may stand before the program. */
  readonly assigns?: true;
  /** Whether it also runs a `.py` file, or a module behind `-m`, without an interpreter before it. */
  readonly runsPython?: true;
}

const one = (options: string): Readonly<Record<string, number>> =>
  Object.fromEntries(options.split(' ').map((option) => [option, 1]));

const mpi: Launcher = {
  values: {
    ...one(
      '-n -np -c -N -H -host --host -hosts -x -f -ppn -perhost -rf -wdir --wdir -wd --hostfile -hostfile',
    ),
    ...one(
      '-machinefile --machinefile --map-by -map-by --bind-to -bind-to --rank-by --report-bindings-to -path',
    ),
    ...one(
      '-genvlist -envlist -iface -bootstrap -npernode --npernode -rankfile --rankfile --prefix --tag-output-to',
    ),
    ...{ '--mca': 2, '-mca': 2, '--gmca': 2, '-gmca': 2, '-genv': 2, '-env': 2 },
  },
  flags:
    'v q -v -q --oversubscribe --tag-output --report-bindings --allow-run-as-root --quiet --verbose -l'.split(
      ' ',
    ),
};
const container: Launcher = {
  values: {
    ...one(
      '-B --bind --home -H -W --workdir --pwd --env --env-file -o --overlay --network --mount -s --scratch',
    ),
    ...one('-v --volume -e --gpus --name -w -u --user --entrypoint --shm-size --ipc'),
  },
  flags:
    '--nv --rocm -c --contain -C --containall -e --cleanenv -i --ipc -p --pid --rm -it -t -d --writable-tmpfs --fakeroot'.split(
      ' ',
    ),
  verbs: ['exec', 'run'],
  words: 1,
};
const environment: Launcher = {
  values: one(
    '-n --name -p --prefix --cwd --with --python --extra --group --project --directory --env-file -e -m',
  ),
  flags:
    '--no-capture-output --live-stream --frozen --isolated --locked --no-sync -v --verbose -q --quiet'.split(
      ' ',
    ),
  verbs: ['run', 'exec'],
};
const uv: Launcher = {
  values: one(
    '-p --python --with --with-requirements --with-editable --extra --group --only-group --no-group --package --project --directory --env-file --index --default-index --cache-dir --config-file -w',
  ),
  flags:
    '--frozen --isolated --locked --no-sync -v --verbose -q --quiet --offline --no-project --no-dev --dev --only-dev --all-extras --all-groups --all-packages --active --exact --no-cache -n --no-config --no-env-file --refresh -U --upgrade -s --script --managed-python --no-managed-python --native-tls'.split(
      ' ',
    ),
  verbs: ['run'],
  runsPython: true,
};
export const noOptions: Launcher = { values: {} };

/** Programs that start the program behind them. */
export const launchers: Readonly<Record<string, Launcher>> = {
  srun: {
    values: {
      ...one('-A -b -B -c -C -d -D -e -E -F -G -i -I -J -K -L -m -M -n -N -o -p -P -q -r -S -t -T -w -W -x'),
      ...one(
        '--account --ntasks --nodes --cpus-per-task --partition --time --mem --gres --gpus --job-name --output',
      ),
      ...one('--error --mpi --qos --constraint --nodelist --exclude --chdir --export --distribution --input'),
      ...one(
        '--ntasks-per-node --gpus-per-task --gpus-per-node --mem-per-cpu --mem-per-gpu --container-image',
      ),
      ...one(
        '--container-mounts --container-name --container-workdir --relative --jobid --comment --reservation',
      ),
    },
    flags: (
      '-l --label -u --unbuffered -v --verbose -Q --quiet -s --oversubscribe -O --overcommit --exclusive --overlap --exact --pty ' +
      '-X -Z -H -k -R -K -I -E --kill-on-bad-exit --cpu-bind --gpu-bind --immediate --multi-prog --propagate --no-kill'
    ).split(' '),
  },
  mpirun: mpi,
  mpiexec: mpi,
  'mpiexec.hydra': mpi,
  orterun: mpi,
  prun: mpi,
  prterun: mpi,
  horovodrun: mpi,
  aprun: mpi,
  ibrun: mpi,
  jsrun: {
    values: one(
      '-n -r -a -c -g -d -b -l -p -E -F -o -k -h -e --nrs --rs_per_host --tasks_per_rs --cpu_per_rs --gpu_per_rs',
    ),
  },
  lrun: mpi,
  env: { values: one('-u --unset -C --chdir'), flags: ['-i', '-', '-0', '-v'], assigns: true },
  time: {
    values: one('-o --output -f --format'),
    flags: '-p -v -a --verbose --portability --append'.split(' '),
  },
  nohup: noOptions,
  exec: { values: one('-a'), flags: ['-c', '-l'] },
  command: { values: {}, flags: ['-p'] },
  setsid: noOptions,
  nice: { values: one('-n --adjustment') },
  ionice: { values: one('-c -n --class --classdata'), flags: ['-t'] },
  chrt: { values: {}, words: 1 },
  timeout: {
    values: one('-k --kill-after -s --signal'),
    flags: ['-v', '--foreground', '--preserve-status'],
    words: 1,
  },
  stdbuf: { values: one('-i -o -e --input --output --error') },
  unbuffer: { values: {}, flags: ['-p'] },
  taskset: { values: {}, flags: ['-a', '-c', '--cpu-list', '--all-tasks'], words: 1 },
  numactl: {
    values: one('-N -m -C -i -p --cpunodebind --membind --physcpubind --interleave --preferred'),
    flags: ['-l', '--localalloc', '--all'],
  },
  'xvfb-run': {
    values: one('-e -f -n -p -s -w --error-file --server-num --server-args --wait'),
    flags: ['-a', '-l', '--auto-servernum'],
  },
  singularity: container,
  apptainer: container,
  docker: container,
  podman: container,
  'podman-hpc': container,
  shifter: { values: one('-i --image -V --volume -e --env -m --module -w --workdir') },
  conda: environment,
  mamba: environment,
  micromamba: environment,
  poetry: environment,
  pipenv: environment,
  pdm: environment,
  hatch: environment,
  rye: environment,
  uv,
  pixi: environment,
  nsys: { values: one('-o --output -t --trace -c -s -w -f --stats'), verbs: ['profile', 'launch'] },
  ncu: { values: one('-o --export --set --section -k -c -s') },
};
