/**
 * The script around a job's command on a cluster. It keeps the same contract as the local one (wrapper.ts)
 * and knows what only a batch system does: it may start the same native job again after a preemption or a
 * dead node, it sends warnings, and it takes some exit codes for requests. POSIX shell only.
 */
import { WRAPPER_EXIT } from './exit-record.ts';
import { JOB_LOGS, type JobDescription, METRICS_FILE } from './job-environment.ts';
import { shellQuote } from './shell-quote.ts';
import { programLines, type ProgramOptions } from './wrapper-words.ts';

export interface ClusterScript {
  /** Shell text that is the id of the running native job or array task: `${SLURM_JOB_ID-}`. */
  readonly nativeId: string;
  /** What the system starts again comes back under another id. */
  readonly restartsUnderNewId: boolean;
  /** Exit codes by which the system does something of its own; the script ends with 1 instead. */
  readonly magicExitCodes: readonly number[];
}

export interface ClusterScriptOptions extends ProgramOptions {
  /** Lines after the first, for a batch system's directives. */
  readonly header?: string;
  /** The first line, without its end; `#!/bin/sh` by default. */
  readonly firstLine?: string;
  /** Who puts what the program prints into the job's log files; the wrapper by default. */
  readonly streams?: 'wrapper' | 'batch-system';
}

/** The line that tells submissions of one script apart. */
const SUBMISSION_LINE = /^submission=\$\{1:-[\w/-]+\}$/m;

/**
 * The same script for another submission of it. The system may start what it accepted any number of times,
 * one after the other: those are restarts. Whatever comes of two submissions is never to run both times.
 * `tag`: letters, digits, `_`, `-` and `/`.
 */
export function resubmission(script: string, tag: string): string {
  return script.replace(SUBMISSION_LINE, () => `submission=\${1:-${tag}}`);
}

/**
 * Text of `script.sh` for a cluster. Its only argument, optional: a word that tells the submission apart.
 * The attempt is the next one when the batch system itself starts the job again; what the earlier one left
 * goes to `attempts/<n>/` then.
 * @throws ShellQuoteError when a word or a variable can't be passed to a program.
 */
export function renderClusterScript(
  job: JobDescription,
  options: ClusterScriptOptions,
  cluster: ClusterScript,
): string {
  const { directory } = options;
  const redirects = options.streams !== 'batch-system';
  const { stdout, stderr } = job.logs ?? JOB_LOGS;
  // what the batch system writes is open already, and goes on in the same file
  const logs = redirects ? [stdout, stderr] : [];
  const outputs = [...logs, METRICS_FILE, 'result.json', 'exit.json'].map(shellQuote).join(' ');
  return `${options.firstLine ?? '#!/bin/sh'}
${options.header ?? ''}# ${job.id.replaceAll(/\s/g, ' ')}, attempt ${job.attempt}: written by Sweepdeck.
submission=\${1:-1}
native=${cluster.nativeId}
attempt=${job.attempt}
cd ${shellQuote(directory)} || exit ${WRAPPER_EXIT.directoryUnusable}
host=$(uname -n)
case $host in *[!A-Za-z0-9._-]*) host=unknown ;; esac
# a stop is for the program: the wrapper stays to write down how it ended
stopped=false signalled=false latest=0 child=
trap 'stopped=true signalled=true latest=15' TERM INT HUP
# a warning may be sent to this shell alone, so it is passed on
trap 'signalled=true latest=10; [ -z "$child" ] || kill -USR1 "$child"' USR1
trap 'signalled=true latest=12; [ -z "$child" ] || kill -USR2 "$child"' USR2

# a stop may hit the clock instead of the program
clock() {
  now=$(date +%s) || now=$(date +%s)
  now=\${now:-1}000
}

# whoever creates the claim runs the attempt, nobody else does
claim() {
  { printf '%s\\n%s   \\n\\n%s %s\\n' $$ "$host" "$submission" "$native" >"claim-$attempt"; } 2>/dev/null
}
# whether the claim is of an earlier start of this very job, which did not come to its own end
is_restart() {
  { read -r _ && read -r _ && read -r _ && read -r claimed_by claimed_as; } <"claim-$attempt" || return 1
  [ -n "$native" ] && [ "$claimed_by" = "$submission" ] || return 1
${cluster.restartsUnderNewId ? '' : '  [ "$claimed_as" = "$native" ] || return 1\n'}  for record in exit.json "attempts/$attempt/exit.json"; do
    [ -r "$record" ] && read -r line <"$record" || continue
    case $line in "{\\"attempt\\":$attempt,"*'"stopped":false'*) return 1 ;; esac
  done
}
set -C
until claim; do
  # empty: its writer is just about to fill it, or was us and the disk is full
  [ -s "claim-$attempt" ] || sleep 1
  [ -s "claim-$attempt" ] || exit ${WRAPPER_EXIT.directoryUnusable}
  if ! is_restart; then
    echo "This attempt was started already: see claim-$attempt." >&2
    exit ${WRAPPER_EXIT.alreadyClaimed}
  fi
  attempt=$((attempt + 1))
done
set +C
if [ "$attempt" -gt ${job.attempt} ]; then
  earlier=attempts/$((attempt - 1))
  mkdir -p "$earlier"
  for output in ${outputs}; do
    [ ! -e "$output" ] || mv -f "$output" "$earlier/"
  done
fi

clock
started=$now
if [ $stopped = true ]; then
  code=143
else
  (
${programLines(job, options, ['export SWEEPDECK_ATTEMPT="$attempt"'])}
  ) </dev/null${redirects ? ` >${shellQuote(stdout)} 2>${shellQuote(stderr)}` : ''} &
  child=$!
  # a signal ends the waiting, not the program
  while :; do
    signalled=false
    wait "$child"
    code=$?
    [ $signalled = true ] && [ "$code" -gt 128 ] || break
  done
  # bash forgets how a program ended that the signal which ended the waiting also ended
  [ "$code" -ge 0 ] || code=$((128 + latest))
${redirects ? `  [ -e ${shellQuote(stderr)} ] || code=${WRAPPER_EXIT.directoryUnusable}\n` : ''}fi

signal=null
if [ "$code" -gt 128 ] && [ "$code" -le 192 ]; then signal=$((code - 128)); fi
clock
record='{"attempt":%s,"code":%s,"signal":%s,"stopped":%s,"startedAt":%s,"endedAt":%s,"host":"%s"}\\n'
publish() {
  # an attempt that was given up, and ended all the same, leaves the record of the next one alone
  place=.
  if [ -e "claim-$((attempt + 1))" ]; then
    place=attempts/$attempt
    mkdir -p "$place" || return 1
  fi
  printf "$record" "$attempt" "$code" $signal $stopped "$started" "$now" "$host" >"$place/exit.json.new" || return 1
  mv -f "$place/exit.json.new" "$place/exit.json"
}
tries=0
until publish 2>/dev/null; do
  # the disk is full, perhaps not for long; or the directory was deleted
  tries=$((tries + 1))
  [ $tries -lt 20 ] && [ -e "claim-$attempt" ] || break
  sleep 1
done
${magic(cluster.magicExitCodes)}exit "$code"
`;
}

function magic(codes: readonly number[]): string {
  if (codes.length === 0) return '';
  return `# the batch system would take these for a request; the true code is in exit.json\ncase $code in ${codes.join(' | ')}) code=1 ;; esac\n`;
}
