/** The batch systems that a queue can be of. */
import type { System } from '#core/batch/systems.ts';
import type { BatchSystem } from '../batch-system.ts';
import { lsf } from './lsf.ts';
import { moab } from './moab.ts';
import { oar } from './oar.ts';
import { pbspro } from './pbspro.ts';
import { sge } from './sge.ts';
import { slurm } from './slurm.ts';
import { torque } from './torque.ts';
import { isTorqueCommands, torqueCommands } from './torque-commands.ts';

export const batchSystems: Readonly<Record<System, BatchSystem>> = {
  slurm,
  oar,
  torque: { ...torque, lookalike: { isIt: isTorqueCommands, system: torqueCommands } },
  pbspro,
  sge,
  moab,
  lsf,
};
