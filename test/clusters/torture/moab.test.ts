import { startMoabEmulator } from '../emulators/start.ts';
import { emulatedVictim } from './emulated.ts';
import { torture } from './torture.ts';

const SLOTS = 8;

torture('an emulated Moab', async () => {
  const moab = await startMoabEmulator({ slots: SLOTS });
  return emulatedVictim(moab, {
    system: 'moab',
    limit: ['-l walltime=00:01:00'],
    refused: { directives: ['-q nosuch'], words: /class does not exist/is },
    // without arrays as many jobs are handed in as may run: what keeps one waiting is the system
    oneAtATime: [],
    slots: { usual: SLOTS, set: (count) => moab.controls.setSlots(count) },
  });
});
