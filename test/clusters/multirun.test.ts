import { testMultirun } from './multirun.ts';
import { startGridEngine } from './systems/grid-engine.ts';
import { startOar } from './systems/oar.ts';
import { startSlurm } from './systems/slurm.ts';

testMultirun({
  system: 'slurm',
  start: () => startSlurm(),
  directives: '#SBATCH --time=5\n#SBATCH --output=mine.log',
});
testMultirun({
  system: 'sge',
  start: () => startGridEngine(),
  directives: '#$ -N multi\n#$ -cwd\n#$ -l h_rt=0:05:00',
});
testMultirun({
  system: 'oar',
  start: () => startOar(),
  directives: '#OAR -n multi\n#OAR -l core=1,walltime=0:05:00',
});
