/** The features of sweep files, for the server's table of languages. */
import { language } from '../language.ts';
import { analyse } from './analysis.ts';
import { codeActions } from './code-actions.ts';
import { completion } from './completion.ts';
import { diagnostics } from './diagnostics.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlay-hints.ts';
import { definition, links } from './links.ts';
import { symbols } from './symbols.ts';

export const sweepFile = language(
  {
    analyse,
    diagnostics,
    hover,
    completion,
    codeActions,
    symbols,
    links,
    definition,
    inlayHints,
  },
  { cheapAnalysis: 5 },
);
