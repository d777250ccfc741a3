/** The environment in which the commands of batch systems are run. */

/** What locates a system, though it begins like variables that get in the way. */
const kept = new Set([
  'SLURM_CONF',
  'SLURM_CONF_SERVER',
  'OARCONFFILE',
  'PBS_DEFAULT',
  'PBS_SERVER',
  'PBS_CONF_FILE',
  'PBS_EXEC',
  'PBS_HOME',
]);

/**
 * What an editor inside a job would pass on, formats of somebody's own, and switches that change answers.
 * LSF's own places (`LSF_ENVDIR` and so on) don't begin with any of these.
 */
const inTheWay =
  /^(?:SLURM|SBATCH|SQUEUE|SACCT|SACCTMGR|SCANCEL|SCONTROL|SINFO|SPRIO|OAR|LSB|BSUB|PBS)_|^SGE_DEBUG_LEVEL$|^BATCH_PARTITION$|^OAR/;

/**
 * The variables for a command of a batch system: those of `environment` without the ones that change its answers,
 * messages in English (`LC_ALL=C`), and `PWD` naming the `directory` it is started in.
 */
export function commandEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Record<string, string> {
  const cleaned = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || (inTheWay.test(name) && !kept.has(name)) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(cleaned), LC_ALL: 'C', PWD: directory };
}
