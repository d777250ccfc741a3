/** From our words to the protocol's. */
import { DiagnosticSeverity, MarkupKind, type Diagnostic, type Hover } from 'vscode-languageserver/node';
import type { Problem, Severity } from '#core/text.ts';
import type { HoverText } from './language.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

export interface DiagnosticContext {
  readonly uri: string;
  /** URI of the page that explains the problems by code; undefined: no links. */
  readonly problemsPage: string | undefined;
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
    ...(problemsPage !== undefined && { codeDescription: { href: `${problemsPage}#${problem.code}` } }),
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
