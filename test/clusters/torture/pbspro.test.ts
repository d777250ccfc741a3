import { startPbsProEmulator } from '../emulators/start.ts';
import { emulatedVictim } from './emulated.ts';
import { torture } from './torture.ts';

torture('an emulated PBS Pro', async () =>
  emulatedVictim(await startPbsProEmulator({ slots: 8 }), {
    system: 'pbspro',
    holdsOnlyArrays: true,
    limit: ['-l walltime=00:01:00'],
    refused: { directives: ['-q nosuch'], words: /unknown queue.*The line is: #PBS -q nosuch/is },
  }),
);
