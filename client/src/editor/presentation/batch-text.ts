/** Which shell scripts the language server has something to say about. */
import { detect } from '#core/batch/detect.ts';
import { readScript } from '#core/batch/script.ts';
import { marks } from '#core/batch/systems.ts';

/** Whether the text, or a part of one, carries directives or what nearly is one. */
export const carriesDirectives = (text: string): boolean =>
  // far most scripts, without a look at their lines
  /#\s*[a-z$]/i.test(text) && detect(readScript(text)) !== undefined;

/** Whether somebody is writing the first word of a directive on this line. */
export function beginsDirective(line: string): boolean {
  const written = line.trimEnd();
  return written.length > 1 && marks.some((mark) => mark.startsWith(written));
}
