/**
 * (c) The language server beside yaml-language-server with the same schema, on the same texts, in one run: each with the
 * flags of its own client. Times are what an editor waits, both servers' debounce included; each edit makes or mends one
 * mistake. Afterwards memory, and whether a storm of edits ends with the diagnostics of the last text.
 */
import { isDeepStrictEqual } from 'node:util';
import { figure, median, type Row } from './measure.ts';
import {
  pause,
  ServerProcess,
  sweepdeck,
  within,
  yamlLanguageServer,
  type ServerProgram,
} from './server-process.ts';
import { aliasSweep, anchoredSweep, directivesOnly, flatSweep, jobScript, type Sample } from './texts.ts';

type Figures = Readonly<Record<string, number>>;

interface Subject {
  readonly name: string;
  readonly sample: Sample;
  readonly language: 'sweep' | 'shellscript';
  /** How often each thing is done, with the mistake and without. */
  readonly rounds: number;
  /** Milliseconds by what is measured. */
  readonly bounds?: Readonly<Record<string, number>>;
}

const editing = (most: number) => ({ 'edit to diagnostics': most });
const asking = (most: number) => ({ completion: most, hover: most });

const SUBJECTS: readonly Subject[] = [
  { name: '100 lines', sample: flatSweep(100), language: 'sweep', rounds: 10 },
  {
    name: '1,000 lines',
    sample: flatSweep(1_000),
    language: 'sweep',
    rounds: 10,
    bounds: { ...editing(60), ...asking(10) },
  },
  {
    name: '10,000 lines',
    sample: flatSweep(10_000),
    language: 'sweep',
    rounds: 5,
    bounds: { ...editing(300), ...asking(30) },
  },
  {
    name: '10,000 lines, anchors and merge keys',
    sample: anchoredSweep(10_000),
    language: 'sweep',
    rounds: 5,
    bounds: { ...editing(300), ...asking(30) },
  },
  {
    name: '2,000 aliases',
    sample: aliasSweep(2_000),
    language: 'sweep',
    rounds: 10,
    bounds: editing(150),
  },
  {
    name: 'batch script, 10,000 lines, 40 directives',
    sample: jobScript(10_000),
    language: 'shellscript',
    rounds: 40,
    bounds: editing(20),
  },
  {
    name: 'batch script, 10,000 directives',
    sample: directivesOnly(10_000),
    language: 'shellscript',
    rounds: 40,
    bounds: editing(20),
  },
];

const uriOf = ({ language }: Subject): string =>
  language === 'sweep' ? 'file:///bench/large-sweep.yaml' : 'file:///bench/large-job.sh';

/** The change that makes the sample's mistake when `wrong`, else mends it. */
async function change(server: ServerProcess, { mistake }: Sample, wrong: boolean): Promise<void> {
  const { line, character, a, b } = mistake;
  await server.change(within(line, character, (wrong ? a : b).length), wrong ? b : a);
}

/** Resolves to the time until the diagnostics say what the change did. */
async function edit(server: ServerProcess, sample: Sample, wrong: boolean): Promise<number> {
  const told = server.diagnosed((all) => hasMistake(all, sample) === wrong);
  await change(server, sample, wrong);
  return told;
}

const hasMistake = (all: ServerProcess['diagnostics'], { mistake }: Sample): boolean =>
  all.some(({ severity, range }) => severity === 1 && range.start.line === mistake.line);

/** Types a word below a line, asks what may stand there, and takes it back. */
async function complete(server: ServerProcess, sample: Sample): Promise<number> {
  const { line, typed } = sample.completion;
  const start = { line, character: sample.text.split('\n')[line]?.length ?? 0 };
  const lines = typed.split('\n');
  const caret = { line: line + lines.length, character: lines.at(-1)?.length ?? 0 };
  await server.change({ start, end: start }, `\n${typed}`);
  const time = await server.ask('textDocument/completion', caret);
  const settled = server.diagnosed(() => true);
  await server.change({ start, end: caret }, '');
  await settled;
  await pause(50);
  return time;
}

/** Milliseconds after which one figure is not measured once more in the same round. */
const longEnough = 5_000;

/** One round with one server: a fresh process. Ends as it began, without the mistake. */
async function measure(program: ServerProgram, subject: Subject): Promise<Figures> {
  const { sample, rounds } = subject;
  const server = await ServerProcess.start(program, uriOf(subject));
  const figures: Record<string, number> = { initialize: server.initializing };
  const medianOf = async (name: string, one: (wrong: boolean) => Promise<number>) => {
    const times: number[] = [];
    const began = performance.now();
    // a server that did not answer once is not waited for again, and a slow one is not asked as often
    for (let round = 0; round < rounds && !times.some(Number.isNaN); round++) {
      times.push(await one(true), await one(false));
      if (performance.now() - began > longEnough) break;
    }
    figures[name] = times.some(Number.isNaN) ? NaN : median(times);
  };

  const opened = server.diagnosed(() => true);
  await server.open(program === sweepdeck ? subject.language : 'yaml', sample.text);
  figures['open to diagnostics'] = await opened;
  if (Number.isNaN(await opened)) {
    server.kill();
    return figures;
  }
  const before = server.processorTime();
  let edits = 0;
  await medianOf('edit to diagnostics', (wrong) => {
    edits++;
    return edit(server, sample, wrong);
  });
  // of a busy machine the times tell less: how long the server was at it
  figures['processor time per edit'] = (server.processorTime() - before) / edits;
  await medianOf('completion after a key', () => complete(server, sample));
  for (const [what, position] of Object.entries(sample.hovers)) {
    await medianOf(`hover over ${what}`, () => server.ask('textDocument/hover', position));
    await medianOf(`hover over ${what}, right after an edit`, async (wrong) => {
      const settled = server.diagnosed((all) => hasMistake(all, sample) === wrong);
      await change(server, sample, wrong);
      const time = await server.ask('textDocument/hover', position);
      await settled;
      return time;
    });
  }
  await server.stop();
  return figures;
}

function boundOf({ bounds }: Subject, what: string): number | undefined {
  const [kind = ''] = /^(?:completion|hover)/.exec(what) ?? [what];
  return bounds?.[kind];
}

/**
 * Medians in ms over the rounds, in which the servers take turns; the ratio is the median of the rounds' ratios.
 * `-`: no diagnostics within 10 s, so that there was nothing more to measure, or not measured.
 */
export async function measureLanguageServers(
  language: Subject['language'],
  rounds: number,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const subject of SUBJECTS.filter((one) => one.language === language)) {
    const ours: Figures[] = [];
    const theirs: Figures[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(sweepdeck, subject));
      if (language === 'sweep') theirs.push(await measure(yamlLanguageServer, subject));
    }
    for (const what of Object.keys(ours[0] ?? {})) {
      const of = (all: readonly Figures[]) => all.map((figures) => figures[what] ?? NaN);
      const ratios = of(theirs).map((time, round) => time / (ours[round]?.[what] ?? NaN));
      const bound = boundOf(subject, what);
      rows.push({
        'language server': subject.name,
        'ms, median': what,
        [sweepdeck.name]: figure(median(of(ours))),
        [yamlLanguageServer.name]: figure(median(of(theirs))),
        'times longer': figure(median(ratios)),
        'at most': bound === undefined ? '' : `${bound} ms`,
      });
    }
  }
  return rows;
}

/** Milliseconds between two keys of a fast typist's storm. */
const storm = { edits: 100, every: 30 };

const isBehind = ({ diagnosedVersion, version }: ServerProcess): boolean =>
  diagnosedVersion !== undefined && diagnosedVersion < version;

/**
 * A storm of edits: whether the last diagnostics are those of the last text, which a second process is asked
 * for afresh, and how long after the last edit they came.
 */
async function measureStorm(program: ServerProgram, subject: Subject): Promise<Figures> {
  const { sample, language } = subject;
  const languageId = program === sweepdeck ? language : 'yaml';
  const server = await ServerProcess.start(program, uriOf(subject));
  const opened = server.diagnosed(() => true);
  await server.open(languageId, sample.text);
  await opened;
  let last = 0;
  for (let index = 0; index < storm.edits; index++) {
    await pause(storm.every);
    // the last edit makes the mistake
    await change(server, sample, (storm.edits - index) % 2 === 1);
    last = performance.now();
  }
  let published = last;
  // until nothing more comes; a server that says which version it looked at is waited for
  for (let time = 0, quiet = 0; !Number.isNaN(time) || (isBehind(server) && quiet < 10);) {
    time = await server.diagnosed(() => true, 3_000);
    if (Number.isNaN(time)) quiet++;
    else published = performance.now();
  }
  const afresh = await ServerProcess.start(program, uriOf(subject));
  const looked = afresh.diagnosed(() => true);
  const { line, a, b } = sample.mistake;
  const lines = sample.text.split('\n');
  lines[line] = (lines[line] ?? '').replace(a, b);
  await afresh.open(languageId, lines.join('\n'));
  await looked;
  const right = hasMistake(server.diagnostics, sample);
  const same = isDeepStrictEqual(server.diagnostics, afresh.diagnostics);
  await server.stop();
  await afresh.stop();
  return { matching: right && same ? 1 : 0, after: published - last };
}

/** Memory after opening a file and editing it, in MB: resident, and the most there ever was. */
async function measureMemory(program: ServerProgram, subject: Subject): Promise<Figures> {
  const { sample, rounds } = subject;
  const server = await ServerProcess.start(program, uriOf(subject));
  const opened = server.diagnosed(() => true);
  await server.open(program === sweepdeck ? subject.language : 'yaml', sample.text);
  await opened;
  for (let round = 0; round < rounds; round++) {
    await edit(server, sample, true);
    await edit(server, sample, false);
    await complete(server, sample);
  }
  const { now, highest } = server.memory();
  await server.stop();
  return { now, highest };
}

/** Rows: the storm and the memory of each server, against the bound. */
export async function measureLanguageServerLoad(rounds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const stormy: Subject = { name: '10,000 lines', sample: flatSweep(10_000), language: 'sweep', rounds: 0 };
  const large: Subject = { name: '20,000 lines', sample: flatSweep(20_000), language: 'sweep', rounds: 10 };
  for (const program of [sweepdeck, yamlLanguageServer]) {
    const storms: Figures[] = [];
    const memories: Figures[] = [];
    for (let round = 0; round < rounds; round++) {
      storms.push(await measureStorm(program, stormy));
      memories.push(await measureMemory(program, large));
    }
    const medianOf = (all: readonly Figures[], name: string) =>
      figure(median(all.map((one) => one[name] ?? NaN)));
    const matching = storms.filter((one) => one['matching'] === 1).length;
    rows.push(
      {
        server: program.name,
        measured: `${storm.edits} edits every ${storm.every} ms, ${stormy.name}: last diagnostics are the last text's`,
        figure: `${matching} of ${rounds} times`,
        'at most': program === sweepdeck ? 'always' : '',
      },
      {
        server: program.name,
        measured: 'from the last of those edits to the last diagnostics',
        figure: `${medianOf(storms, 'after')} ms`,
        'at most': '',
      },
      {
        server: program.name,
        measured: `resident memory after opening and editing ${large.name}`,
        figure: `${medianOf(memories, 'now')} MB`,
        'at most': program === sweepdeck ? '200 MB' : '',
      },
      {
        server: program.name,
        measured: 'the most there was on the way',
        figure: `${medianOf(memories, 'highest')} MB`,
        'at most': '',
      },
    );
  }
  return rows;
}
