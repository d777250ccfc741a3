/** The language server: connection, documents, settings. What it serves is in its table of languages. */
import { setImmediate as turn } from 'node:timers/promises';
import {
  CodeLensRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
  type CancellationToken,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { workspaceTrusted, type InitializationOptions } from '#core/server-messages.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { AnalysedDocument, Language } from './language.ts';
import { Pacer } from './pace.ts';
import {
  capabilitiesOf,
  toCodeActions,
  toCodeLenses,
  toCompletionList,
  toDiagnostics,
  toDocumentLinks,
  toDocumentSymbols,
  toHover,
  toInlayHints,
  toLocation,
} from './protocol.ts';
import { defaultSettings, readSettings, shownProblems, type ServerSettings } from './settings.ts';

export interface ServerOptions {
  /** By the protocol's language id. Documents of other languages are left alone. */
  readonly languages: ReadonlyMap<string, Language>;
  /** What is around a document; `roots` are the URIs of the workspace's folders. */
  readonly surroundingsOf: (uri: string, roots: readonly string[], settings: ServerSettings) => Surroundings;
  /** Something changed: what was remembered of surroundings no longer counts. */
  readonly forgetSurroundings: () => void;
  /** Has the callback called whenever something that surroundings answered is different by now. */
  readonly onSurroundingsChanged: (callback: () => void) => void;
}

/** A document that is open in the editor. */
interface OpenDocument {
  readonly language: Language;
  readonly pacer: Pacer;
  readonly versionAtOpening: number;
  /** The newest analysis; shared by everything that asks about the same version. */
  analysed: { readonly version: number; readonly document: AnalysedDocument } | undefined;
  settings: Promise<ServerSettings> | undefined;
}

/** Serves the languages over the connection and starts listening. */
export function startServer(
  connection: Connection,
  { languages, surroundingsOf, forgetSurroundings, onSurroundingsChanged }: ServerOptions,
): void {
  const documents = new TextDocuments(TextDocument);
  const open = new Map<string, OpenDocument>();
  let roots: readonly string[] = [];
  let problemsPage: string | undefined;
  let trusted = false;
  let submits = false;
  let refreshesLenses = false;
  let asksForSettings = false;
  let tellsOfSettings = false;
  let tellsOfFolders = false;
  let watchesFiles = false;

  /** The analysis of the document's present version, made now when nobody asked for it before. */
  function analyse(document: TextDocument, state: OpenDocument, settings: ServerSettings): AnalysedDocument {
    if (state.analysed?.version === document.version) return state.analysed.document;
    const analysed = analyseText(document.getText(), document.uri, state, settings);
    state.analysed = { version: document.version, document: analysed };
    return analysed;
  }

  function analyseText(
    text: string,
    uri: string,
    { language }: OpenDocument,
    settings: ServerSettings,
  ): AnalysedDocument {
    const asksBatchSystem = settings.asksBatchSystem && trusted;
    return language.analyse(text, surroundingsOf(uri, roots, { ...settings, asksBatchSystem }));
  }

  function settingsFor(uri: string, state: OpenDocument): Promise<ServerSettings> {
    if (!asksForSettings) return Promise.resolve(defaultSettings);
    return (state.settings ??= connection.workspace
      .getConfiguration({ scopeUri: uri, section: 'sweepdeck' })
      .then(readSettings, (error: unknown) => {
        connection.console.warn(
          `The editor did not tell the settings, so the defaults count: ${String(error)}`,
        );
        return defaultSettings;
      }));
  }

  /** The page that explains a problem of a language: it stands beside the general one. */
  function pageFor(language: Language | undefined): ((code: string) => string) | undefined {
    const general = problemsPage;
    if (general === undefined) return undefined;
    const page = language?.problemsPage;
    return (code) => (page === undefined ? general : new URL(page(code), general).href);
  }

  async function publish(uri: string): Promise<void> {
    const state = open.get(uri);
    if (state === undefined) return;
    const settings = await settingsFor(uri, state);
    const document = documents.get(uri);
    if (document === undefined || open.get(uri) !== state) return;
    const started = performance.now();
    const problems = settings.diagnosticsEnabled ? analyse(document, state, settings).diagnostics() : [];
    state.pacer.took(performance.now() - started);
    const diagnostics = toDiagnostics(shownProblems(problems, settings), {
      uri,
      problemsPage: pageFor(state.language),
    });
    await connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  }

  function reportFailure(uri: string): (error: unknown) => void {
    return (error) => {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      connection.console.error(`${uri} could not be checked. ${stack}`);
    };
  }

  /** Something that an analysis looked at is different now; files and settings are as they were. */
  function analyseAgain(states: Iterable<OpenDocument>): void {
    for (const state of states) {
      state.analysed = undefined;
      state.pacer.soon();
    }
  }

  /** Forgets what was found, since something around the documents changed, and looks again. */
  function lookAgain(states: Iterable<OpenDocument>): void {
    forgetSurroundings();
    for (const state of states) {
      state.settings = undefined;
      analyseAgain([state]);
    }
    // what they say depends on trust, settings and programs as well
    if (refreshesLenses) void connection.sendRequest(CodeLensRefreshRequest.type);
  }

  /**
   * Answers a request about a document from its analysis. Lets the messages that are already here be
   * read first: one of them may withdraw the request, or edit the document.
   */
  async function answer<Result>(
    uri: string,
    token: CancellationToken,
    from: (analysed: AnalysedDocument, settings: ServerSettings, state: OpenDocument) => Result,
  ): Promise<Result | ResponseError | null> {
    await turn();
    const before = open.get(uri);
    const settings = before === undefined ? defaultSettings : await settingsFor(uri, before);
    if (token.isCancellationRequested)
      return new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was withdrawn.');
    const state = open.get(uri);
    const document = documents.get(uri);
    return state === undefined || document === undefined
      ? null
      : from(analyse(document, state, settings), settings, state);
  }

  /** As `answer`, about a place; which place that is, nobody knows once an edit has overtaken the request. */
  function answerAt<Result>(
    uri: string,
    token: CancellationToken,
    from: (analysed: AnalysedDocument, settings: ServerSettings) => Result,
  ): Promise<Result | ResponseError | null> {
    const asked = documents.get(uri)?.version;
    return answer<Result | ResponseError>(uri, token, (analysed, settings) =>
      documents.get(uri)?.version === asked
        ? from(analysed, settings)
        : new ResponseError(LSPErrorCodes.ContentModified, 'The document was edited meanwhile.'),
    );
  }

  /**
   * As `answer`, from the text as it was when the request came: somebody who types on wants the list that was
   * asked for all the same, and the editor filters it by what was typed since.
   */
  function answerAsAsked<Result>(
    uri: string,
    token: CancellationToken,
    from: (analysed: AnalysedDocument) => Result,
  ): Promise<Result | ResponseError | null> {
    const document = documents.get(uri);
    const asked = document && { version: document.version, text: document.getText() };
    return answer(uri, token, (analysed, settings, state) =>
      asked === undefined || asked.version === documents.get(uri)?.version
        ? from(analysed)
        : from(analyseText(asked.text, uri, state, settings)),
    );
  }

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    const { workspace } = params.capabilities;
    asksForSettings = workspace?.configuration === true;
    tellsOfSettings = workspace?.didChangeConfiguration?.dynamicRegistration === true;
    tellsOfFolders = workspace?.workspaceFolders === true;
    watchesFiles = workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    roots = (params.workspaceFolders ?? []).map(({ uri }) => uri);
    const told = (params.initializationOptions ?? {}) as Partial<InitializationOptions>;
    problemsPage = told.problemsPage;
    trusted = told.workspaceTrusted === true;
    submits = told.submitsScripts === true;
    refreshesLenses = submits && workspace?.codeLens?.refreshSupport === true;
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        ...capabilitiesOf(languages.values(), { submits }),
        workspace: { workspaceFolders: { supported: true, changeNotifications: tellsOfFolders } },
      },
      serverInfo: { name: 'sweepdeck' },
    };
  });

  connection.onInitialized(() => {
    if (tellsOfSettings) void connection.client.register(DidChangeConfigurationNotification.type);
    // A program that gets or loses an option changes what is wrong in the files that run it.
    if (watchesFiles)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: '**/*.py' }, { globPattern: '**/{conf,config,configs}/**/*.yaml' }],
      });
    if (tellsOfFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        roots = [...roots.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)];
        lookAgain(open.values());
      });
  });
  connection.onNotification(workspaceTrusted, () => {
    trusted = true;
    lookAgain(open.values());
  });
  onSurroundingsChanged(() => {
    analyseAgain(open.values());
  });
  connection.onDidChangeWatchedFiles(() => {
    lookAgain(open.values());
  });
  connection.onDidChangeConfiguration(() => {
    lookAgain(open.values());
  });
  connection.onHover(({ textDocument, position }, token) =>
    answerAt(textDocument.uri, token, (analysed) => toHover(analysed.hover(position))),
  );
  connection.onCompletion(({ textDocument, position }, token) =>
    answerAsAsked(textDocument.uri, token, (analysed) => toCompletionList(analysed.completion(position))),
  );
  connection.onCodeAction(({ textDocument: { uri }, range, context }, token) =>
    answerAt(uri, token, (analysed, settings) => {
      const problems = shownProblems(analysed.diagnostics(), settings);
      return toCodeActions(analysed.codeActions(range, problems), context, {
        uri,
        problemsPage: pageFor(open.get(uri)?.language),
      });
    }),
  );
  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    answer(uri, token, (analysed, { codeLensEnabled }) =>
      submits && codeLensEnabled ? toCodeLenses(uri, analysed.codeLenses(), { trusted }) : [],
    ),
  );
  connection.onDocumentSymbol(({ textDocument }, token) =>
    answer(textDocument.uri, token, (analysed) => toDocumentSymbols(analysed.symbols())),
  );
  connection.onDocumentLinks(({ textDocument }, token) =>
    answer(textDocument.uri, token, (analysed) => toDocumentLinks(analysed.links())),
  );
  connection.onDefinition(({ textDocument: { uri }, position }, token) =>
    answerAt(uri, token, (analysed) => toLocation(uri, analysed.definition(position))),
  );
  connection.languages.inlayHint.on(({ textDocument, range }, token) =>
    answerAt(textDocument.uri, token, (analysed, { inlayHintsEnabled }) =>
      inlayHintsEnabled ? toInlayHints(analysed.inlayHints(range)) : [],
    ),
  );

  documents.onDidOpen(({ document: { uri, languageId, version } }) => {
    const language = languages.get(languageId);
    if (language === undefined) return;
    const pacer = new Pacer(
      () => {
        publish(uri).catch(reportFailure(uri));
      },
      { cheap: language.cheapAnalysis },
    );
    open.set(uri, { language, pacer, versionAtOpening: version, analysed: undefined, settings: undefined });
    pacer.soon();
  });
  documents.onDidChangeContent(({ document }) => {
    const state = open.get(document.uri);
    // Comes with opening as well, which is no edit and has nothing to wait for.
    if (state !== undefined && state.versionAtOpening !== document.version) state.pacer.edited();
  });
  documents.onDidSave(({ document }) => {
    const state = open.get(document.uri);
    // Saving is when people have just added the program that was missing.
    if (state !== undefined) lookAgain([state]);
  });
  documents.onDidClose(({ document: { uri } }) => {
    open.get(uri)?.pacer.stop();
    if (open.delete(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  documents.listen(connection);
  connection.listen();
}
