/** Sweeps and jobs as the engine would show them, with a few fields of interest. */
import type { JobStateName } from '#engine/events.ts';
import type { Counts, JobState, SweepState } from '#engine/sweep-state.ts';
import type { SweepView } from '#engine/sweeps.ts';

export function sampleJob(fields: Partial<JobState> = {}): JobState {
  return { index: 0, state: 'queued', attempt: 1, parameters: {}, metrics: {}, ...fields };
}

export function sampleView(
  fields: Partial<SweepState> = {},
  around: Partial<Pick<SweepView, 'owner' | 'trouble' | 'metricsOf'>> = {},
): SweepView {
  const jobs = fields.jobs ?? [];
  const counts: Record<JobStateName, number> = {
    queued: 0,
    submitted: 0,
    running: 0,
    done: 0,
    failed: 0,
    cancelled: 0,
    pruned: 0,
    lost: 0,
  };
  for (const job of jobs) counts[job.state]++;
  const state: SweepState = {
    id: 'quadratic-7',
    name: 'quadratic',
    file: '/work/sweep.yaml',
    source: 'sweep-file',
    workingDirectory: '/work',
    method: 'grid',
    seed: 1,
    total: 24,
    metric: { name: 'loss', goal: 'minimize' },
    queue: 'local',
    phase: 'running',
    phaseReason: 'launched',
    phaseDetail: undefined,
    jobs,
    counts: counts satisfies Counts,
    best: undefined,
    launchedAt: 0,
    endedAt: undefined,
    notices: [],
    ...fields,
  };
  return {
    id: state.id,
    directory: `/work/.sweeps/${state.id}`,
    state,
    owner: { kind: 'here' },
    trouble: undefined,
    frozenFile: `/work/.sweeps/${state.id}/sweep.yaml`,
    jobDirectory: (job) => `/work/.sweeps/${state.id}/jobs/${job}`,
    jobLogs: (job) => ({
      stdout: `/work/.sweeps/${state.id}/jobs/${job}/stdout.log`,
      stderr: `/work/.sweeps/${state.id}/jobs/${job}/stderr.log`,
    }),
    metricsOf: (job) => state.jobs[job]?.metrics ?? {},
    job: (index) => state.jobs[index],
    queuedPage: (offset, limit) =>
      state.jobs.filter((job) => job.state === 'queued').slice(offset, offset + limit),
    ...around,
  };
}
