import { check } from './verbs/check.ts';
import { launch } from './verbs/launch.ts';
import { list } from './verbs/list.ts';
import { preview } from './verbs/preview.ts';
import { cancel, hold, pause, release, resume, retry, stop } from './verbs/requests.ts';
import { queue, queues } from './verbs/queues.ts';
import { rm } from './verbs/rm.ts';
import { show } from './verbs/show.ts';
import { submit } from './verbs/submit.ts';
import { watch } from './verbs/watch.ts';
import type { Verb } from './verb.ts';

/** Everything `sweepdeck` can do, in the order of the help; `help` itself is run.ts's. */
export const VERBS: readonly Verb[] = [
  launch,
  submit,
  check,
  preview,
  list,
  show,
  watch,
  pause,
  resume,
  stop,
  cancel,
  retry,
  hold,
  release,
  rm,
  queues,
  queue,
];
