/**
 * The script around a job's command. It is what makes the job directory a contract: it claims the
 * attempt, so that no attempt runs twice, and writes the exit record, so that the truth about a job
 * never depends on whoever started it still being there. POSIX shell only: dash, bash 3.2 and busybox run it.
 *
 * On Linux nothing but the job's own program is executed (a program more would cost half a millisecond
 * per job): the clock is /proc/uptime on top of the boot time the caller passes.
 */
import { WRAPPER_EXIT } from './exit-record.ts';
import { JOB_LOGS, type JobDescription } from './job-environment.ts';
import { shellQuote } from './shell-quote.ts';
import { type ClusterScript, renderClusterScript } from './wrapper-cluster.ts';
import { programLines, type ShellLines } from './wrapper-words.ts';

export { LINES_FILE, type ShellLines } from './wrapper-words.ts';

export interface ScriptOptions {
  /** Absolute path of the job directory. */
  readonly directory: string;
  /**
   * How `exit.json` appears: `in-place` is one write, whole once it ends in a newline; `rename` is a
   * file moved into place (costs running `mv`), for readers on other machines.
   */
  readonly publish: 'in-place' | 'rename';
  /** Lines after the first, for a batch system's directives. */
  readonly header?: string;
  /** The first line, without its end; `#!/bin/sh` by default. It names a shell that reads POSIX shell's language. */
  readonly firstLine?: string;
  /** Lines for a shell of their own that run instead of the job's `argv`; they go to the right directory themselves. */
  readonly lines?: ShellLines;
  /** Who puts what the program prints into the job's log files; the wrapper by default. */
  readonly streams?: 'wrapper' | 'batch-system';
  /** The job runs under a batch system: the script is the one of wrapper-cluster.ts, which publishes by renaming. */
  readonly cluster?: ClusterScript;
}

/**
 * Text of `script.sh`. Its arguments, all optional: boot time (ms since 1970), host name, slot number,
 * GPU ids joined by commas, identity of this machine as JSON (process-identity.ts), and a token: a text
 * that no other process has among its arguments. By it the process is known again where the system shows
 * arguments (Linux); having the shell read its own start time there would cost a fifth of a millisecond.
 * @throws ShellQuoteError when a word or a variable can't be passed to a program.
 */
export function renderScript(job: JobDescription, options: ScriptOptions): string {
  const { directory } = options;
  if (options.cluster !== undefined) return renderClusterScript(job, options, options.cluster);
  const claim = `claim-${job.attempt}`;
  const { stdout, stderr } = job.logs ?? JOB_LOGS;
  const redirects = options.streams !== 'batch-system';
  return `${options.firstLine ?? '#!/bin/sh'}
${options.header ?? ''}# ${job.id.replaceAll(/\s/g, ' ')}, attempt ${job.attempt}: written by Sweepdeck, run once. Arguments: boot time (ms), host, slot, GPUs, machine, token.
boot=\${1-} host=\${2-} slot=\${3-} gpus=\${4-} machine=\${5-} token=\${6-}
cd ${shellQuote(directory)} || exit ${WRAPPER_EXIT.directoryUnusable}
case \${host:=$(uname -n)} in *[!A-Za-z0-9._-]*) host=unknown ;; esac
clock() {
  if [ -n "$boot" ] && read -r up _ </proc/uptime; then
    now=$(((\${up%.*}00 + 1\${up#*.} - 100) * 10 + boot))
  else
    now=$(date +%s)000
  fi
}
# a stop is for the program: the wrapper stays to write down how it ended
stopped=false
trap 'stopped=true' TERM INT HUP

# whoever creates the claim runs the attempt, nobody else does
if [ -n "$token" ] && [ -r /proc/$$/cmdline ]; then
  self=$$
elif [ -r /proc/$$/stat ]; then
  read -r self </proc/$$/stat
else
  self="$$ $(LC_ALL=C TZ=UTC ps -o lstart= -p $$)"
fi
set -C
if ! { printf '%s\\n%s %s %s %s\\n%s\\n' "$self" "$host" "$slot" "$gpus" "$token" "$machine" >${claim}; } 2>/dev/null; then
  # empty: its writer is just about to fill it, or was us and the disk is full
  [ -s ${claim} ] || sleep 1
  [ -s ${claim} ] || exit ${WRAPPER_EXIT.directoryUnusable}
  echo 'This attempt was started already: see ${claim}.' >&2
  exit ${WRAPPER_EXIT.alreadyClaimed}
fi
set +C

clock
started=$now
if [ $stopped = true ]; then
  code=143
else
  (
    if [ -n "$gpus" ]; then export CUDA_VISIBLE_DEVICES="$gpus"; fi
${programLines(job, options)}
  ) </dev/null${redirects ? ` >${stdout} 2>${stderr}` : ''}
  code=$?${redirects ? `\n  [ -e ${stderr} ] || code=${WRAPPER_EXIT.directoryUnusable}` : ''}
fi

signal=null
if [ $code -gt 128 ] && [ $code -le 192 ]; then signal=$((code - 128)); fi
clock
record='{"attempt":${job.attempt},"code":%s,"signal":%s,"stopped":%s,"startedAt":%s,"endedAt":%s,"host":"%s"}\\n'
tries=0
until { printf "$record" $code $signal $stopped $started $now "$host" >${PUBLISH[options.publish]}; } 2>/dev/null; do
  # the disk is full, perhaps not for long; or the directory was deleted
  tries=$((tries + 1))
  [ $tries -lt 20 ] && [ -e ${claim} ] || break
  sleep 1
done
exit $code
`;
}

const PUBLISH = {
  'in-place': 'exit.json',
  rename: 'exit.json.new && mv -f exit.json.new exit.json',
} as const;
