import type { SweepView } from '#engine/sweeps.ts';
import { isActive } from './groups.ts';
import { type Live, staleSentence } from './native.ts';
import { commandLink, escapeMarkdown } from './markdown.ts';
import {
  activeText,
  bestText,
  brakeSentence,
  isBraked,
  onlyWaits,
  phaseText,
  progressText,
  sweepSpoken,
  waitingText,
} from './sweep.ts';

/** How long a sweep that ended stays in the status bar, in ms. */
export const recentSpan = 5 * 60_000;

export interface StatusText {
  readonly text: string;
  /** Markdown with `$(icon)` syntax and command links. */
  readonly tooltip: string;
  readonly spoken: string;
  /** Something needs a person. */
  readonly alarming: boolean;
  /** Position, in the list given, of the sweep that the text is about. */
  readonly primary: number;
  /** When the text should be read again though nothing changed (ms since 1970); undefined: never. */
  readonly until: number | undefined;
}

const commandsOf: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  running: [
    ['$(debug-pause) Pause', 'sweepdeck.pause'],
    ['$(debug-stop) Stop', 'sweepdeck.stop'],
    ['$(close-all) Cancel', 'sweepdeck.cancel'],
  ],
  paused: [
    ['$(debug-continue) Resume', 'sweepdeck.resume'],
    ['$(close-all) Cancel', 'sweepdeck.cancel'],
  ],
  stopping: [['$(close-all) Cancel', 'sweepdeck.cancel']],
};

/**
 * What the status bar says of the sweeps (newest first, `key` is what our commands take), or undefined when none is
 * active or ended within the last five minutes. The sweep that needs a person comes first, then the newest active one.
 */
export function statusText(
  sweeps: readonly (Pick<Live, 'freshness'> & { readonly key: string; readonly view: SweepView })[],
  now: number,
): StatusText | undefined {
  const active = sweeps.filter(({ view }) => isActive(view.state.phase));
  const recent = sweeps.filter(({ view }) => !isActive(view.state.phase) && isRecent(view, now));
  const primary = active.find(({ view }) => needsPerson(view)) ?? active[0] ?? latest(recent);
  if (primary === undefined) return undefined;

  const others = active.filter((sweep) => sweep !== primary).length;
  const endings = recent.map(({ view }) => (view.state.endedAt ?? 0) + recentSpan);
  return {
    text: sentence(primary.view) + (others > 0 ? ` +${others}` : ''),
    tooltip: [...(active.length > 0 ? active : [primary])]
      .slice(0, 10)
      .map((sweep) => section(sweep, now))
      .join('\n\n---\n\n'),
    spoken: sweepSpoken(primary.view) + (others > 0 ? `, and ${others} more active` : ''),
    alarming: needsPerson(primary.view),
    primary: sweeps.indexOf(primary),
    until: endings.length === 0 ? undefined : Math.min(...endings),
  };
}

function latest<T extends { readonly view: SweepView }>(sweeps: readonly T[]): T | undefined {
  return sweeps.reduce<T | undefined>(
    (best, sweep) =>
      best === undefined || (sweep.view.state.endedAt ?? 0) > (best.view.state.endedAt ?? 0) ? sweep : best,
    undefined,
  );
}

function needsPerson(view: SweepView): boolean {
  return view.trouble !== undefined || isBraked(view.state);
}

function isRecent(view: SweepView, now: number): boolean {
  return view.state.endedAt !== undefined && now < view.state.endedAt + recentSpan;
}

function sentence(view: SweepView): string {
  const best = bestText(view.state);
  const waiting = waitingText(view.state);
  return [
    `$(${statusIcon(view)}) ${plain(view.state.id)} ${progressText(view.state)}`,
    ...(waiting === undefined ? [] : [waiting]),
    ...(best === undefined ? [] : [plain(best)]),
  ].join(' · ');
}

function statusIcon(view: SweepView): string {
  if (needsPerson(view)) return 'warning';
  switch (view.state.phase) {
    case 'running':
      if (view.owner.kind === 'nobody') return 'debug-pause';
      return onlyWaits(view.state) ? 'clock' : 'sync~spin';
    case 'paused':
      return 'debug-pause';
    case 'stopping':
    case 'cancelling':
      return 'debug-stop';
    case 'finished':
      return 'check';
    case 'failed':
      return 'error';
    case 'stopped':
    case 'cancelled':
      return 'circle-slash';
  }
}

/** `$(` would be read as an icon. */
function plain(text: string): string {
  return text.replaceAll('$(', '$ (');
}

function section(
  { key, view, freshness }: Pick<Live, 'freshness'> & { readonly key: string; readonly view: SweepView },
  now: number,
): string {
  const best = bestText(view.state);
  const problem = view.trouble ?? brakeSentence(view.state);
  const stale = isActive(view.state.phase) ? staleSentence(freshness, now) : undefined;
  const links = (commandsOf[view.state.phase] ?? []).map(([title, command]) =>
    commandLink(title, command, key),
  );
  if (view.state.best !== undefined)
    links.push(commandLink('$(star-full) Best job', 'sweepdeck.showBest', key));
  return [
    `**${escapeMarkdown(view.state.id)}** ${escapeMarkdown(progressText(view.state))} — ${phaseText(view)}` +
      (best === undefined ? '' : `, best ${escapeMarkdown(best)}`),
    waitingText(view.state) === undefined ? undefined : activeText(view.state),
    problem === undefined ? undefined : `$(warning) ${escapeMarkdown(problem)}`,
    stale === undefined ? undefined : `$(warning) ${escapeMarkdown(stale)}`,
    links.join('&nbsp;&nbsp; '),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
}
