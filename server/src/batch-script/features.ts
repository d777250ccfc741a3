/** The features of batch scripts, for the server's table of languages. */
import { language } from '../language.ts';
import { analyse } from './analysis.ts';
import { codeActions } from './code-actions.ts';
import { codeLenses } from './code-lenses.ts';
import { completion } from './completion.ts';
import { diagnostics } from './diagnostics.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlay-hints.ts';
import { symbols } from './symbols.ts';

export const batchScript = language(
  { analyse, diagnostics, hover, completion, codeActions, codeLenses, symbols, inlayHints },
  { problemsPage: (code) => (code.startsWith('multirun-') ? 'multirun.md' : 'batch-scripts.md') },
);
