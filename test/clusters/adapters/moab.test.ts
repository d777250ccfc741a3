import { moab } from '#engine/queues/cluster/systems/moab.ts';
import { startMoabEmulator } from '../emulators/start.ts';
import { testAdapter } from './emulated.ts';

testAdapter({
  adapter: moab,
  start: () => startMoabEmulator(),
  refusedLine: '#MSUB -q nosuch',
  holdsTasks: false,
});
