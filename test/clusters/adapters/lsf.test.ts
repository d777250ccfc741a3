import { lsf } from '#engine/queues/cluster/systems/lsf.ts';
import { startLsfEmulator } from '../emulators/start.ts';
import { testAdapter } from './emulated.ts';

testAdapter({
  adapter: lsf,
  start: () => startLsfEmulator(),
  refusedLine: '#BSUB -q nosuch',
  holdsTasks: true,
});
