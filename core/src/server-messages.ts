/** What the editor and its language server tell each other besides the protocol. */

/** What the server is told once, in `initialize`. */
export interface InitializationOptions {
  /** URI of the page that explains every problem under its code. */
  readonly problemsPage: string;
  /** Whether the workspace is trusted; only then the server starts programs. Without it, it starts none. */
  readonly workspaceTrusted: boolean;
  /**
   * Whether the editor has the commands `sweepdeck.submitScript` and `sweepdeck.previewScript`, which take the URI
   * of a batch script; only then the server offers them above its commands.
   */
  readonly submitsScripts?: boolean;
}

/** Notification to the server, without parameters: the workspace is trusted from now on. */
export const workspaceTrusted = 'sweepdeck/workspaceTrusted';
