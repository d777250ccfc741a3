/** The TORQUE commands that Slurm brings along, over a real Slurm: `qsub`, `qstat`, `qdel`, `pbsnodes`. */
import { plainEnvironment } from './home.ts';
import { torqueRoot } from './packages.ts';
import { startSlurm, type SlurmControls, type SlurmOptions } from './slurm.ts';
import type { RunningSystem } from './system.ts';

export type RunningTorqueCommands = RunningSystem<SlurmControls>;

/**
 * Starts a Slurm (see `startSlurm`) whose `environment` has the TORQUE commands on PATH. They are no TORQUE: ids are bare numbers,
 * `qhold` and `qrerun` don't work, `qstat -x` doesn't exist, and a script on standard input is refused. Jobs see `PBS_JOBID` and
 * `PBS_O_WORKDIR`. `jobs` and the controls are Slurm's, and so are its words for states.
 */
export async function startTorqueCommands(options: SlurmOptions = {}): Promise<RunningTorqueCommands> {
  const slurm = await startSlurm({ ...options, pbsVariables: true });
  const path = `${torqueRoot}/usr/bin:${process.env['PATH'] ?? plainEnvironment.PATH}`;
  const environment = { ...slurm.environment, PATH: path };
  return {
    ...slurm,
    name: 'slurm-torque',
    environment,
    client: ([program, ...args], clientOptions) =>
      slurm.client(['/usr/bin/env', `PATH=${path}`, program, ...args], clientOptions),
  };
}
