/** From our words to the protocol's. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CodeActionKind,
  CompletionItemKind,
  DiagnosticSeverity,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  SymbolKind as ProtocolSymbolKind,
  type CodeAction as ProtocolCodeAction,
  type CodeActionContext,
  type CodeLens as ProtocolCodeLens,
  type CompletionItem,
  type CompletionList,
  type Diagnostic,
  type DocumentLink,
  type DocumentSymbol as ProtocolDocumentSymbol,
  type Hover,
  type InlayHint as ProtocolInlayHint,
  type Location,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import type { Problem, Severity } from '#core/text.ts';
import type {
  CodeAction,
  CodeLens,
  CompletionKind,
  Completions,
  Definition,
  DocumentSymbol,
  FeatureName,
  FileLink,
  HoverText,
  InlayHint,
  Language,
  SymbolKind,
} from './language.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** The command of the editor that puts a rule's code into `sweepdeck.validation.disabledRules`. */
export const disableRuleCommand = 'sweepdeck.disableRule';

const codeActionKinds: Readonly<Record<CodeAction['kind'], string>> = {
  fix: CodeActionKind.QuickFix,
  'fix-all': `${CodeActionKind.SourceFixAll}.sweepdeck`,
  rewrite: CodeActionKind.RefactorRewrite,
};

/**
 * What the server says it can do: whatever one of its languages offers. Code lenses need commands that only an
 * editor which `submits` scripts has.
 */
export function capabilitiesOf(
  languages: Iterable<Language>,
  { submits = false }: { readonly submits?: boolean } = {},
): ServerCapabilities {
  const offered = new Set<FeatureName>();
  for (const { features } of languages) for (const feature of features) offered.add(feature);
  return {
    ...(offered.has('hover') && { hoverProvider: true }),
    ...(offered.has('completion') && {
      completionProvider: { triggerCharacters: [' ', '$', '{', '='], resolveProvider: false },
    }),
    ...(offered.has('codeActions') && {
      codeActionProvider: { codeActionKinds: Object.values(codeActionKinds) },
    }),
    ...(submits && offered.has('codeLenses') && { codeLensProvider: { resolveProvider: false } }),
    ...(offered.has('symbols') && { documentSymbolProvider: true }),
    ...(offered.has('links') && { documentLinkProvider: { resolveProvider: false } }),
    ...(offered.has('definition') && { definitionProvider: true }),
    ...(offered.has('inlayHints') && { inlayHintProvider: { resolveProvider: false } }),
  };
}

export interface DiagnosticContext {
  readonly uri: string;
  /** URI of the page that explains the problems with a code; undefined: no links. */
  readonly problemsPage: ((code: string) => string) | undefined;
}

/** The diagnostics of a document, in the order of the problems. The fix travels along as `data`. */
export const toDiagnostics = (problems: readonly Problem[], context: DiagnosticContext): Diagnostic[] =>
  problems.map((problem) => toDiagnostic(problem, context));

function toDiagnostic(problem: Problem, { uri, problemsPage }: DiagnosticContext): Diagnostic {
  return {
    range: problem.range,
    severity: severities[problem.severity],
    source: 'sweepdeck',
    code: problem.code,
    message: problem.message,
    ...(problemsPage !== undefined && {
      codeDescription: { href: `${problemsPage(problem.code)}#${problem.code}` },
    }),
    ...(problem.fix !== undefined && { data: problem.fix }),
    ...(problem.related !== undefined && {
      relatedInformation: problem.related.map(({ message, range }) => ({
        message,
        location: { uri, range },
      })),
    }),
  };
}

export function toHover(text: HoverText | undefined): Hover | null {
  return text === undefined
    ? null
    : { contents: { kind: MarkupKind.Markdown, value: text.markdown }, range: text.range };
}

/** The actions of the kinds that the editor asks for. */
export function toCodeActions(
  actions: readonly CodeAction[],
  wanted: Pick<CodeActionContext, 'only'>,
  context: DiagnosticContext,
): ProtocolCodeAction[] {
  const asked = (kind: string) =>
    wanted.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? true;
  return actions.flatMap((action): ProtocolCodeAction[] => {
    const kind = codeActionKinds[action.kind];
    if (!asked(kind)) return [];
    return [
      {
        title: action.title,
        kind,
        diagnostics: toDiagnostics(action.solves, context),
        ...(action.preferred && { isPreferred: true }),
        ...(action.edits.length > 0 && {
          edit: { changes: { [context.uri]: action.edits.map((edit) => ({ ...edit })) } },
        }),
        ...(action.disables !== undefined && {
          command: { title: action.title, command: disableRuleCommand, arguments: [action.disables] },
        }),
      },
    ];
  });
}

const completionKinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  snippet: CompletionItemKind.Snippet,
  macro: CompletionItemKind.Variable,
  parameter: CompletionItemKind.Field,
  file: CompletionItemKind.File,
};

/** The completions in their order, which the editor would change to the alphabet's. */
export function toCompletionList({ items, isIncomplete }: Completions): CompletionList {
  const width = String(items.length).length;
  return {
    isIncomplete,
    items: items.map((one, index): CompletionItem => ({
      label: one.label,
      kind: completionKinds[one.kind],
      sortText: String(index).padStart(width, '0'),
      textEdit: one.edit,
      insertTextFormat: one.snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      insertTextMode: InsertTextMode.asIs,
      ...(one.filter !== undefined && { filterText: one.filter }),
      ...(one.detail !== undefined && { detail: one.detail }),
      ...(one.documentation !== undefined && {
        documentation: { kind: MarkupKind.Markdown, value: one.documentation },
      }),
      ...(one.continues && {
        command: { title: 'Suggest', command: 'editor.action.triggerSuggest' },
      }),
    })),
  };
}

const symbolKinds: Readonly<Record<SymbolKind, ProtocolSymbolKind>> = {
  key: ProtocolSymbolKind.Property,
  group: ProtocolSymbolKind.Namespace,
  parameter: ProtocolSymbolKind.Variable,
  text: ProtocolSymbolKind.String,
};

export const toDocumentSymbols = (symbols: readonly DocumentSymbol[]): ProtocolDocumentSymbol[] =>
  symbols.map(({ name, detail, kind, range, selection, children }) => ({
    // The protocol forbids blank names.
    name: name.trim() === '' ? '""' : name,
    kind: symbolKinds[kind],
    range,
    selectionRange: selection,
    ...(detail !== undefined && { detail }),
    children: toDocumentSymbols(children),
  }));

const uriOf = ({ folder, file }: FileLink): string => pathToFileURL(path.resolve(folder, file)).href;

export const toDocumentLinks = (links: readonly FileLink[]): DocumentLink[] =>
  links.map((link) => ({ range: link.range, target: uriOf(link) }));

const start = { line: 0, character: 0 };

export function toLocation(uri: string, definition: Definition | undefined): Location | null {
  if (definition === undefined) return null;
  return definition.kind === 'place'
    ? { uri, range: definition.range }
    : { uri: uriOf(definition.link), range: { start, end: start } };
}

/** Commands of the editor; those of the extension take the document's URI. */
const lensCommands: Readonly<Record<NonNullable<CodeLens['does']>, string>> = {
  submit: 'sweepdeck.submitScript',
  preview: 'sweepdeck.previewScript',
  'show-problems': 'workbench.actions.view.problems',
};

/** Lenses of a document. Where nothing may be started, those that submit ask for the workspace's trust instead. */
export const toCodeLenses = (
  uri: string,
  lenses: readonly CodeLens[],
  { trusted }: { readonly trusted: boolean },
): ProtocolCodeLens[] =>
  lenses.map(({ line, title, does, tooltip }) => {
    const place = { line, character: 0 };
    const command =
      does === undefined
        ? { title, command: '' }
        : does === 'submit' && !trusted
          ? { title: `${title}, waiting for workspace trust`, command: 'workbench.trust.manage' }
          : {
              title,
              command: lensCommands[does],
              ...(does !== 'show-problems' && { arguments: [uri] }),
            };
    return {
      range: { start: place, end: place },
      command: { ...command, ...(tooltip !== undefined && { tooltip }) },
    };
  });

export const toInlayHints = (hints: readonly InlayHint[]): ProtocolInlayHint[] =>
  hints.map(({ position, text, tooltip }) => ({
    position,
    label: text,
    paddingLeft: true,
    ...(tooltip !== undefined && { tooltip: { kind: MarkupKind.Markdown, value: tooltip } }),
  }));
