/** One word of a directive: in double quotes when a shell-like reader would take any of it for something else. */
export function directiveWord(text: string): string {
  return /^[\w./:@%^+,=-]+$/.test(text) ? text : `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
}
