/** What the server asks of a language; everything it knows of one comes through here. */
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Position, Problem, Range } from '#core/text.ts';

/** Text for a hover, in Markdown, and what in the document it is about. */
export interface HoverText {
  readonly markdown: string;
  readonly range: Range;
}

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** Something that can be done about problems. */
export interface CodeAction {
  readonly title: string;
  /**
   * `fix`: offered at the problem. `fix-all`: for the file as a whole, also when saving. `rewrite`: says the
   * same in another way.
   */
  readonly kind: 'fix' | 'fix-all' | 'rewrite';
  /** What is meant nearly always; at most one of the actions of a problem. */
  readonly preferred?: true;
  readonly solves: readonly Problem[];
  readonly edits: readonly TextEdit[];
  /** Code of the problems that are switched off in the settings, instead of an edit. */
  readonly disables?: string;
}

export type CompletionKind = 'key' | 'value' | 'snippet' | 'macro' | 'parameter' | 'file';

/** One thing that may stand at the caret. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** On the line of the caret, around it. `newText` is indented as it has to be. */
  readonly edit: TextEdit;
  /** Whether `newText` has tab stops: `$1`, `${1:text}`. */
  readonly snippet?: true;
  /** What typed text is compared with; `label` by default. */
  readonly filter?: string;
  /** Whether the next thing can be chosen right after this one. */
  readonly continues?: true;
}

export interface Completions {
  readonly items: readonly Completion[];
  /** Whether other things may be offered after more was typed, or later: the editor asks again. */
  readonly isIncomplete: boolean;
}

export type SymbolKind = 'key' | 'group' | 'parameter' | 'text';

/** An entry of the document's outline. */
export interface DocumentSymbol {
  readonly name: string;
  readonly detail?: string;
  readonly kind: SymbolKind;
  readonly range: Range;
  /** The name in the text, within `range`. */
  readonly selection: Range;
  readonly children: readonly DocumentSymbol[];
}

/** A file named in the document: `file` is relative to `folder`, or absolute. */
export interface FileLink {
  readonly range: Range;
  readonly folder: string;
  readonly file: string;
}

/** Where something is defined: in this document, or as a file. */
export type Definition =
  { readonly kind: 'place'; readonly range: Range } | { readonly kind: 'file'; readonly link: FileLink };

/** A few words shown at the end of a line without being in the text. */
export interface InlayHint {
  readonly position: Position;
  readonly text: string;
  /** Markdown. */
  readonly tooltip?: string;
}

/** Words above a line that can be clicked. */
export interface CodeLens {
  readonly line: number;
  readonly title: string;
  /** What a click does with the document; undefined: the words alone matter. */
  readonly does?: 'submit' | 'preview' | 'show-problems';
  readonly tooltip?: string;
}

/**
 * The features of one language, as pure functions: the text is analysed once per version of a
 * document and every feature answers from that analysis. What a language leaves out is not offered.
 */
export interface LanguageFeatures<Analysis> {
  /** Cheap where it can be: what costs time is best worked out when it is first asked for. */
  readonly analyse: (text: string, surroundings: Surroundings) => Analysis;
  readonly diagnostics: (analysis: Analysis) => readonly Problem[];
  readonly hover: (analysis: Analysis, position: Position) => HoverText | undefined;
  readonly completion?: (analysis: Analysis, position: Position) => readonly Completion[] | Completions;
  /** What can be done about `problems`, those of the document that are shown, in the range. */
  readonly codeActions?: (
    analysis: Analysis,
    range: Range,
    problems: readonly Problem[],
  ) => readonly CodeAction[];
  readonly codeLenses?: (analysis: Analysis) => readonly CodeLens[];
  readonly symbols?: (analysis: Analysis) => readonly DocumentSymbol[];
  readonly links?: (analysis: Analysis) => readonly FileLink[];
  readonly definition?: (analysis: Analysis, position: Position) => Definition | undefined;
  readonly inlayHints?: (analysis: Analysis, range: Range) => readonly InlayHint[];
}

/** One version of a document, analysed. */
export interface AnalysedDocument {
  diagnostics(): readonly Problem[];
  hover(position: Position): HoverText | undefined;
  completion(position: Position): Completions;
  codeActions(range: Range, problems: readonly Problem[]): readonly CodeAction[];
  codeLenses(): readonly CodeLens[];
  symbols(): readonly DocumentSymbol[];
  links(): readonly FileLink[];
  definition(position: Position): Definition | undefined;
  inlayHints(range: Range): readonly InlayHint[];
}

export type FeatureName = Exclude<keyof LanguageFeatures<unknown>, 'analyse'>;

export interface Language {
  readonly features: ReadonlySet<FeatureName>;
  /** The page that explains a problem, by file name, where it is not the general one. */
  readonly problemsPage?: (code: string) => string;
  /**
   * Milliseconds that an analysis may take to be made right after each key. Little where questions are answered
   * without one: they come just behind the key, and would wait for it.
   */
  readonly cheapAnalysis?: number;
  analyse(text: string, surroundings: Surroundings): AnalysedDocument;
}

/** A language for the server's table; what its analysis looks like stays its own business. */
export function language<Analysis>(
  features: LanguageFeatures<Analysis>,
  about: Pick<Language, 'problemsPage' | 'cheapAnalysis'> = {},
): Language {
  const { analyse, ...offered } = features;
  return {
    ...about,
    features: new Set(Object.keys(offered) as FeatureName[]),
    analyse(text, surroundings) {
      const analysis = analyse(text, surroundings);
      return {
        diagnostics: () => features.diagnostics(analysis),
        hover: (position) => features.hover(analysis, position),
        completion: (position) => {
          const offered = features.completion?.(analysis, position) ?? [];
          return 'items' in offered ? offered : { items: offered, isIncomplete: false };
        },
        codeActions: (range, problems) => features.codeActions?.(analysis, range, problems) ?? [],
        codeLenses: () => features.codeLenses?.(analysis) ?? [],
        symbols: () => features.symbols?.(analysis) ?? [],
        links: () => features.links?.(analysis) ?? [],
        definition: (position) => features.definition?.(analysis, position),
        inlayHints: (range) => features.inlayHints?.(analysis, range) ?? [],
      };
    },
  };
}
