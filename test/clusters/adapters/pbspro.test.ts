import { pbspro } from '#engine/queues/cluster/systems/pbspro.ts';
import { startPbsProEmulator } from '../emulators/start.ts';
import { testAdapter } from './emulated.ts';

testAdapter({
  adapter: pbspro,
  start: () => startPbsProEmulator(),
  refusedLine: '#PBS -q nosuch',
  holdsTasks: false,
});
