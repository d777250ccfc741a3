import assert from 'node:assert/strict';
import { startOar } from '../systems/oar.ts';
import { torture } from './torture.ts';

const CORES_PER_NODE = 8;

torture('OAR', async () => {
  const oar = await startOar({ coresPerNode: CORES_PER_NODE });
  const { user, environment, directory, controls } = oar;
  return {
    system: 'oar',
    user,
    environment,
    directory,
    directives: [],
    refused: {
      directives: ['-q nosuch'],
      words: /queue nosuch does not exist.*The line is: #OAR -q nosuch/is,
    },
    limit: { directives: ['-l /core=1,walltime=0:0:10'], seconds: 60 },
    oneAtATime: [`-l /core=${2 * CORES_PER_NODE},walltime=0:5`],
    requeueDirectives: ['-t besteffort', '-t idempotent'],
    // the job has to make room for one that wants all cores
    requeue: async () => {
      const { code, stdout, stderr } = await oar.client([
        'oarsub',
        '-d',
        '/',
        '-O',
        '/dev/null',
        '-E',
        '/dev/null',
        '-l',
        `/core=${2 * CORES_PER_NODE},walltime=0:1`,
        'true',
      ]);
      assert.equal(code, 0, stdout + stderr);
    },
    stopController: () => controls.stopController(),
    startController: () => controls.startController(),
    stop: () => oar.stop(),
  };
});
