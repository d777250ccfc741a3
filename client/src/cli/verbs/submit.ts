import path from 'node:path';
import type { SubmissionPreview, SubmitOptions, Sweeps, SweepView } from '#engine/sweeps.ts';
import { targetsOf } from '#engine/sources/batch/target.ts';
import { previewSubmission, submittedJobs } from '#engine/submit.ts';
import { submissionDocument, summaryDocument } from '../documents.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { until } from '../follow.ts';
import { runInForeground } from '../foreground.ts';
import { refuseErrors } from '../problems.ts';
import { installation, readNamedFile, withSweeps } from '../session.ts';
import { engineSettings } from '../settings.ts';
import type { Call, Verb } from '../verb.ts';
import { shownPath, workspaceFolder } from '../workspace.ts';
import { RUN_FLAGS } from './launch.ts';

export const submit: Verb = {
  name: 'submit',
  synopsis: 'SCRIPT',
  summary: 'submit a batch script, one job for each combination of its overrides',
  arity: { least: 1, most: 1 },
  flags: ['dry-run', 'queue', 'detach', 'limit', 'root', 'seed', ...RUN_FLAGS],
  run: async (call) => {
    const { positionals, flags, terminal, output } = call;
    const [named = ''] = positionals;
    const file = path.resolve(terminal.cwd, named);
    const text = await readNamedFile(file, terminal.cwd);
    const root = workspaceFolder(path.dirname(file), flags.root, terminal.cwd);
    const options: SubmitOptions = {
      from: terminal.cwd,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.queue === undefined ? {} : { queue: flags.queue }),
    };
    const settings = engineSettings(flags, terminal, installation().pythonPath);
    const limit = flags['dry-run'] === true ? (flags.limit ?? Infinity) : 0;
    const preview = previewSubmission(
      file,
      text,
      { ...options, limit, pythonPath: settings.pythonPath },
      { root, targets: targetsOf(settings) },
    );
    refuseErrors(named, text, preview.problems, output);
    if (flags['dry-run'] === true) return showPreview(preview, call);
    if (flags.detach === true && preview.system === 'local') {
      const message =
        'Jobs on this machine are started by this command: it can only be detached when a batch system runs them.';
      throw new CommandFailure('usage', message);
    }
    return withSweeps(
      call,
      async ({ sweeps }) => {
        const view = await sweeps.submit(file, options);
        const jobs = view.state.total === 1 ? '1 job' : `${view.state.total ?? 0} jobs`;
        output.note(
          `Submitted ${view.id}: ${jobs} in ${shownPath(preview.logs, terminal.cwd)}, queue ${view.state.queue}`,
        );
        return flags.detach === true ? leave(sweeps, view, call) : stay(sweeps, view, call);
      },
      path.dirname(file),
    );
  },
};

async function stay(sweeps: Sweeps, view: SweepView, call: Call): Promise<ExitCode> {
  return runInForeground(sweeps, view, call, documentOf);
}

/** Waits until every job is in the hands of the batch system. */
async function leave(sweeps: Sweeps, view: SweepView, call: Call): Promise<ExitCode> {
  await until(sweeps, view, ({ state }) => state.counts.queued === 0 || state.phase !== 'running');
  call.output.document(documentOf(view));
  const { counts, phase } = view.state;
  if (counts.failed > 0) return EXIT.jobsFailed;
  return phase === 'running' || phase === 'finished' ? EXIT.ok : EXIT.unfinished;
}

const documentOf = (view: SweepView): ReturnType<typeof submissionDocument> => ({
  ...summaryDocument(view),
  ...submissionDocument(submittedJobs(view.directory, view.state, installation().pythonPath)),
});

function showPreview(preview: SubmissionPreview, { output, terminal }: Call): ExitCode {
  output.document(submissionDocument(preview));
  for (const { directory, overrides, script } of preview.jobs) {
    output.line(output.paint('bold', `${shownPath(directory, terminal.cwd)}: ${overrides.join(' ')}`));
    for (const line of script.trimEnd().split('\n')) output.line(`    ${line}`);
  }
  const jobs = preview.count === 1n ? '1 job' : `${preview.count.toString()} jobs`;
  const shown = preview.jobs.length;
  const part = BigInt(shown) === preview.count ? '' : `, of which the first ${shown} are shown`;
  output.note(`${jobs} for ${preview.queue ?? 'no queue'}${part}. Nothing was created.`);
  return EXIT.ok;
}
