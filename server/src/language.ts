/** What the server asks of a language; everything it knows of one comes through here. */
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Position, Problem, Range } from '#core/text.ts';

/** Text for a hover, in Markdown, and what in the document it is about. */
export interface HoverText {
  readonly markdown: string;
  readonly range: Range;
}

/**
 * The features of one language, as pure functions: the text is analysed once per version of a
 * document and every feature answers from that analysis.
 */
export interface LanguageFeatures<Analysis> {
  readonly analyse: (text: string, surroundings: Surroundings) => Analysis;
  readonly diagnostics: (analysis: Analysis) => readonly Problem[];
  readonly hover: (analysis: Analysis, position: Position) => HoverText | undefined;
}

/** One version of a document, analysed. */
export interface AnalysedDocument {
  diagnostics(): readonly Problem[];
  hover(position: Position): HoverText | undefined;
}

export interface Language {
  analyse(text: string, surroundings: Surroundings): AnalysedDocument;
}

/** A language for the server's table; what its analysis looks like stays its own business. */
export function language<Analysis>(features: LanguageFeatures<Analysis>): Language {
  return {
    analyse(text, surroundings) {
      const analysis = features.analyse(text, surroundings);
      return {
        diagnostics: () => features.diagnostics(analysis),
        hover: (position) => features.hover(analysis, position),
      };
    },
  };
}
