import { startSlurm } from '../systems/slurm.ts';
import { torture } from './torture.ts';

torture('Slurm', async () => {
  const slurm = await startSlurm();
  const { user, environment, directory, controls } = slurm;
  return {
    system: 'slurm',
    user,
    environment,
    directory,
    directives: [],
    refused: {
      directives: ['--partition=nosuch'],
      words: /invalid partition.*The line is: #SBATCH --partition=nosuch/is,
    },
    limit: { directives: ['--time=1'], hurry: (id) => controls.setEndTime(id, 1), seconds: 100 },
    requeueDirectives: ['--requeue'],
    requeue: async (id) => {
      await controls.requeue(id);
      await controls.runNow(id);
    },
    stopController: () => controls.stopController(),
    startController: () => controls.startController(),
    stop: () => slurm.stop(),
  };
});
