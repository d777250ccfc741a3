/** The environment in which a batch system's commands run. Pure. */

type Environment = Readonly<Record<string, string | undefined>>;

/** What says where the system is, among variables of families that are dropped otherwise. */
const KEPT: ReadonlySet<string> = new Set([
  'SLURM_CONF',
  'SLURM_CONF_SERVER',
  'PBS_DEFAULT',
  'PBS_SERVER',
  'PBS_SERVER_HOST_NAME',
  'PBS_PRIMARY',
  'PBS_SECONDARY',
  'PBS_CONF_FILE',
  'PBS_EXEC',
  'PBS_HOME',
  'OARCONFFILE',
  'OARDIR',
]);

/**
 * Families of variables that change what the commands do or print. An editor that was started inside an
 * allocation has them; they beat directives, and some commands take a job's id from them.
 */
const DROPPED: readonly RegExp[] = [
  /^(SBATCH|SALLOC|SRUN|SQUEUE|SACCT|SACCTMGR|SCANCEL|SCONTROL|SINFO|SPRIO|SLURM|SLURMD)_/,
  /^PBS_/,
  /^OAR_|^OAR$/,
  // those of a running job; LSF_ENVDIR and the like say where the system is
  /^(LSB|BSUB|LS)_/,
  /^MOAB_/,
  // of a Grid Engine job; SGE_ROOT and the like stay
  /^SGE_(DEBUG_LEVEL|TASK_|O_|STD|ACCOUNT|JOB_SPOOL_DIR|BINARY_PATH|ARCH|CKPT)/,
  /^(JOB_ID|JOB_NAME|JOB_SCRIPT|QUEUE|NQUEUES|NSLOTS|NHOSTS|PE|PE_HOSTFILE|RESTARTED|REQNAME)$/,
];

/** Options and time formats that people set for their own eyes. */
const FORMATS: ReadonlySet<string> = new Set(['SLURM_TIME_FORMAT', 'SGE_LONG_QNAMES', 'SGE_LONG_JOB_NAMES']);

/** `environment` without what would change the commands' behaviour, with the C locale and `PWD` as `directory`. */
export function cleanEnvironment(
  environment: Environment,
  directory: string,
): Readonly<Record<string, string>> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isDropped(name)) clean[name] = value;
  }
  delete clean['OLDPWD'];
  delete clean['LANG'];
  delete clean['LANGUAGE'];
  // spawning sets the directory, not the variable, and OAR believes the variable
  return { ...clean, LC_ALL: 'C', PWD: directory };
}

function isDropped(name: string): boolean {
  if (FORMATS.has(name)) return true;
  return !KEPT.has(name) && DROPPED.some((family) => family.test(name));
}
