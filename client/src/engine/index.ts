/** What the editor loads of the engine, as a bundle of its own and not before it is needed. */
export { createSweeps, createWorkers } from './create-sweeps.ts';
export { placeInSettings, placeInSweepFile } from './queues/directive-place.ts';
export { Clusters } from './queues/clusters.ts';
export { Connections } from './queues/queues.ts';
export { previewSweep } from './preview.ts';
export { targetsOf } from './sources/batch/target.ts';
export { previewSubmission } from './submit.ts';
