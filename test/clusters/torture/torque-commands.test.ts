import { startTorqueCommands } from '../systems/torque-commands.ts';
import { torture } from './torture.ts';

const CPUS_PER_NODE = 16;

torture('the TORQUE commands of Slurm', async () => {
  const torque = await startTorqueCommands({ cpusPerNode: CPUS_PER_NODE });
  const { user, environment, directory, controls } = torque;
  return {
    system: 'torque',
    user,
    environment,
    directory,
    directives: [],
    refused: {
      directives: ['-q nosuch'],
      words: /invalid partition specified: nosuch.*The line is: #PBS -q nosuch/is,
    },
    // their qstat tells of no time-out: it is seen by the time that the job took, so that can't be made shorter
    limit: { directives: ['-l walltime=0:01:00'], seconds: 150 },
    // no array tasks can be told apart, and single jobs are throttled by handing in few
    oneAtATime: [`-l nodes=2:ppn=${CPUS_PER_NODE}`],
    requeueDirectives: ['-r y'],
    // qrerun is there and does nothing: the requeue is Slurm's
    requeue: async (id) => {
      await controls.requeue(id);
      await controls.runNow(id);
    },
    stopController: () => controls.stopController(),
    startController: () => controls.startController(),
    stop: () => torque.stop(),
  };
});
