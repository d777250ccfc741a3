import { startGridEngine } from '../systems/grid-engine.ts';
import { torture } from './torture.ts';

torture('Grid Engine', async () => {
  const sge = await startGridEngine();
  const { user, environment, directory, controls } = sge;
  return {
    system: 'sge',
    user,
    environment,
    directory,
    directives: [],
    refused: {
      directives: ['-q nosuch'],
      words: /unknown queue "nosuch".*The line is: #\$ -q nosuch/is,
    },
    limit: { directives: ['-l h_rt=0:0:3'], seconds: 60 },
    requeueDirectives: ['-r y'],
    requeue: (id) => controls.requeue(id),
    stopController: () => controls.stopController(),
    startController: () => controls.startController(),
    stop: () => sge.stop(),
  };
});
