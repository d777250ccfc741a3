import { startLsfEmulator } from '../emulators/start.ts';
import { emulatedVictim } from './emulated.ts';
import { torture } from './torture.ts';

torture('an emulated LSF', async () =>
  emulatedVictim(await startLsfEmulator({ slots: 8 }), {
    system: 'lsf',
    limit: ['-W 1'],
    refused: { directives: ['-q nosuch'], words: /no such queue.*The line is: #BSUB -q nosuch/is },
  }),
);
