/** The directives of a target while they are written. */
import type { Line, Written } from './fields.ts';
import type { Request } from './request.ts';

export class Writing implements Written {
  readonly lines: Line[] = [];
  readonly losses: string[] = [];

  /** An option that stands alone. */
  flag(option: string, isGiven: boolean | undefined = true): void {
    if (isGiven) this.lines.push({ option });
  }

  /** An option with its value; nothing without one. */
  give(option: string, value: string | number | undefined): void {
    if (value !== undefined) this.lines.push({ option, value: String(value) });
  }

  /** Something that the target can not say, or says in another way, as a sentence. */
  lose(...sentences: readonly string[]): void {
    this.losses.push(...sentences);
  }
}

/** The files for output and errors that the request names, with the options for them; one file for both is given once. */
export const outputFiles = (
  { output, error, merged }: Request,
  [forOutput, forErrors]: readonly [string, string],
): readonly (readonly [option: string, file: string])[] => [
  ...(output === undefined ? [] : [[forOutput, output] as const]),
  ...(error === undefined || merged ? [] : [[forErrors, error] as const]),
];

/** Whether errors go to the output file without a word about them where the target would part the two. */
export const isMerged = ({ merged, output, error }: Request): boolean =>
  merged === true || (output !== undefined && error === undefined);

/** How a loss calls a dependency. */
export const dependencyWords = {
  ok: 'on the success',
  notok: 'on the failure',
  any: 'on the end',
  start: 'on the start',
  task: 'task by task',
} as const;
