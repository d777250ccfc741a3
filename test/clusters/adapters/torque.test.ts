import { torque } from '#engine/queues/cluster/systems/torque.ts';
import { startTorqueEmulator } from '../emulators/start.ts';
import { testAdapter } from './emulated.ts';

testAdapter({
  adapter: torque,
  start: () => startTorqueEmulator(),
  refusedLine: '#PBS -q nosuch',
  holdsTasks: true,
});
