const red = '\u001b[31m';
const dim = '\u001b[2m';
const plain = '\u001b[0m';

/** A terminal needs a carriage return before each line feed; one that is there already is kept. */
export function terminalLines(text: string, endedWithReturn = false): string {
  return text.replace(/\r?\n/g, (match, offset: number) =>
    match === '\n' && offset === 0 && endedWithReturn ? '\n' : '\r\n',
  );
}

/** Error output in red; escape sequences of the program itself pass through. */
export function errorOutput(text: string): string {
  return `${red}${text}${plain}`;
}

/** A line of ours between lines of the program. */
export function remark(text: string): string {
  return `${dim}${text.replace(/[\r\n]+/g, ' ')}${plain}\r\n`;
}
