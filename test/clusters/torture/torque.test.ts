import { startTorqueEmulator } from '../emulators/start.ts';
import { emulatedVictim } from './emulated.ts';
import { torture } from './torture.ts';

torture('an emulated TORQUE', async () =>
  emulatedVictim(await startTorqueEmulator({ slots: 8 }), {
    system: 'torque',
    limit: ['-l walltime=00:01:00'],
    refused: { directives: ['-q nosuch'], words: /unknown queue.*The line is: #PBS -q nosuch/is },
  }),
);
