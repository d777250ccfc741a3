const extensions = /\.(?:sbatch|slurm|pbs|oar|sge|lsf|bsub|msub)$/i;

/** Whether a file is a batch script by its name alone; the extensions are those of package.json. */
export const isBatchFile = (path: string): boolean => extensions.test(path);
