/** Queues to choose from, and what a new one looks like in the settings. */
import type { System } from '#core/batch/systems.ts';
import type { KnownQueue } from '#engine/queues/clusters.ts';

export interface QueueChoice {
  readonly label: string;
  readonly description: string;
  readonly name: string;
}

/** This machine, then the configured queues, then systems that were found. Those that can't be used are left out. */
export function queueChoices(
  known: readonly KnownQueue[],
  broken: readonly string[],
): readonly QueueChoice[] {
  return [
    { label: '$(device-desktop) local', description: 'this machine', name: 'local' },
    ...known
      .filter(({ name }) => !broken.includes(name))
      .map((queue) => ({
        label: `$(server) ${queue.name}`,
        description: queueText(queue),
        name: queue.name,
      })),
  ];
}

/** `Slurm 22.05.8`, `Slurm on login1`, `Slurm, found here 22.05.8, not in the settings`. */
export function queueText({ title, version, configured, ssh }: KnownQueue): string {
  const where = ssh === undefined ? title : `${title} on ${ssh}`;
  if (version === undefined) return `${where}, does not answer now`;
  return configured ? `${where} ${version}` : `${where} ${version}, with its own defaults`;
}

/** The entry as it is written into the settings: the keys that a person fills in, and nothing that is a default. */
export function newQueueEntry(
  system: System,
  directives: readonly string[],
): { readonly system: System; readonly directives: readonly string[]; readonly prologue: readonly string[] } {
  return { system, directives, prologue: [] };
}

/** The partition's name, else the system's; with a number behind it when that is taken. */
export function suggestedQueueName(system: System, partition: string, taken: readonly string[]): string {
  const name = partition === '' ? system : partition;
  if (!taken.includes(name) && name !== 'local') return name;
  for (let number = 2; ; number++) if (!taken.includes(`${name}-${number}`)) return `${name}-${number}`;
}

/** Why a name can't be given to a new queue; undefined: it can. */
export function queueNameTrouble(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'A queue needs a name.';
  if (name === 'local') return "'local' always means this machine.";
  if (taken.includes(name)) return `There is a queue ${name} already.`;
  return /^[\w.@-]+$/.test(name) ? undefined : 'Letters, digits and . _ - @ only, without blanks.';
}
