/** Text that Markdown (and the `$(icon)` syntax of the editor's Markdown) shows as it is, on one line. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-!|<>~$&]/g, '\\$&');
}

/** A table row; cells are escaped. */
export function tableRow(...cells: readonly string[]): string {
  return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
}

/** A link that runs a command of ours with one argument. */
export function commandLink(title: string, command: string, argument: string): string {
  return `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
}
