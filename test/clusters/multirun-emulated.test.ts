import {
  startLsfEmulator,
  startMoabEmulator,
  startPbsProEmulator,
  startTorqueEmulator,
} from './emulators/start.ts';
import { testMultirun } from './multirun.ts';

testMultirun({
  system: 'torque',
  start: () => startTorqueEmulator(),
  directives: '#PBS -N multi\n#PBS -l nodes=1:ppn=1,walltime=00:05:00',
});
testMultirun({
  system: 'pbspro',
  start: () => startPbsProEmulator(),
  directives: '#PBS -N multi\n#PBS -l select=1:ncpus=1\n#PBS -l walltime=00:05:00',
});
testMultirun({
  system: 'moab',
  start: () => startMoabEmulator(),
  directives: '#MSUB -N multi\n#MSUB -l nodes=1:ppn=1,walltime=00:05:00',
});
testMultirun({
  system: 'lsf',
  start: () => startLsfEmulator(),
  directives: '#BSUB -J multi\n#BSUB -W 5\n#BSUB -o mine.log',
});
