/**
 * Requests to the owner of a sweep. Anybody drops one as a file into the sweep's `inbox/`: written under
 * a temporary name, then renamed, so that the owner never sees half a request. The owner journals a
 * `requested` event and only then removes the file; after a crash in between, the journal tells that the
 * request was taken.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, rename, storageCause, storageError, writeFileAtomically } from './atomic-file.ts';
import type { Requester, SweepRequest } from './events.ts';
import { FolderWatch } from './folder-watch.ts';

const SUFFIX = '.json';
const REJECTED = 'rejected';
/** No request is near this size, in bytes. */
const LARGEST = 4 * 1024 * 1024;

let lastTime = 0;
let sequence = 0;

/** Ids sort by time; those of one process in the order in which they were made, whatever its clock does. */
function nextId(): string {
  const now = Date.now();
  sequence = now > lastTime ? 0 : sequence + 1;
  lastTime = Math.max(now, lastTime);
  const order = `${String(lastTime).padStart(15, '0')}-${String(sequence).padStart(6, '0')}`;
  return `${order}-${randomBytes(4).toString('hex')}`;
}

/**
 * Asks the owner of a sweep for something. Returns the request's id: when the journal has a `requested`
 * event with this id, the owner has taken it.
 * @throws StorageError when the sweep is gone or its folder can't be written.
 */
export async function dropRequest(folder: string, request: SweepRequest, by: Requester): Promise<string> {
  const inbox = path.join(folder, 'inbox');
  try {
    await fs.promises.mkdir(inbox);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw storageError('send a request to the sweep in', folder, error);
  }
  const id = nextId();
  await writeFileAtomically(path.join(inbox, id + SUFFIX), JSON.stringify({ request, by }));
  return id;
}

/** Takes a request back that the owner hasn't taken; one that it has taken stays taken. Returns whether it still lay there. */
export async function withdrawRequest(folder: string, id: string): Promise<boolean> {
  try {
    await fs.promises.unlink(path.join(folder, 'inbox', id + SUFFIX));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw storageError('take a request back from the sweep in', folder, error);
  }
}

/** A request as the owner gets it. */
export interface ReceivedRequest {
  readonly id: string;
  readonly request: SweepRequest;
  readonly by: Requester;
}

export interface InboxListener {
  /** Whether the journal has a request of this id already. Its file is removed, nothing else happens. */
  isKnown(id: string): boolean;
  /**
   * A request, told once and in order. Journal it, then call `acknowledge`. When this throws, the request
   * and all behind it are told again about a second later.
   */
  onRequest(received: ReceivedRequest): void;
  /** A file that is no request was moved to `inbox/rejected`. */
  onRejected(sentence: string): void;
  /** A sentence while the inbox can't be read or `onRequest` throws; undefined when all is well again. */
  onTrouble(sentence: string | undefined): void;
}

/** Hands the requests of an inbox to the owner. */
export class InboxWatcher {
  readonly #inbox: string;
  readonly #listener: InboxListener;
  readonly #watch: FolderWatch;
  readonly #told = new Set<string>();
  #trouble: string | undefined;
  #disposed = false;

  /** `folder` is the sweep's. Begins at once; what lies there already comes first. */
  constructor(folder: string, listener: InboxListener, options: { readonly poll?: number } = {}) {
    this.#inbox = path.join(folder, 'inbox');
    this.#listener = listener;
    this.#watch = new FolderWatch(this.#inbox, () => this.#look(), {
      concerns: (name) => !name.startsWith('.'),
      ...options,
    });
    void this.#watch.refresh();
  }

  /** Looks now. Resolves when everything that lay there at this moment was told. */
  refresh(): Promise<void> {
    return this.#watch.refresh();
  }

  /** Removes a request that is in the journal. Should that fail, the next look tries again. */
  async acknowledge(id: string): Promise<void> {
    await fs.promises.rm(path.join(this.#inbox, id + SUFFIX), { force: true }).catch((error: unknown) => {
      this.#tellTrouble(`Can't remove a request from ${this.#inbox}: ${storageCause(error)}.`);
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#watch.dispose();
  }

  async #look(): Promise<void> {
    try {
      for (const name of (await fs.promises.readdir(this.#inbox)).sort()) {
        if (this.#disposed) return;
        if (!name.startsWith('.') && name !== REJECTED) await this.#take(name);
      }
      this.#tellTrouble(undefined);
    } catch (error) {
      // nobody has asked for anything yet
      if (errorCode(error) === 'ENOENT') return;
      this.#tellTrouble(`Requests in ${this.#inbox} can't be taken: ${storageCause(error)}.`);
    }
  }

  async #take(name: string): Promise<void> {
    const id = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
    if (this.#listener.isKnown(id)) {
      await this.acknowledge(id);
      return;
    }
    if (this.#told.has(id)) return;
    const file = path.join(this.#inbox, name);
    const content = name.endsWith(SUFFIX) ? await readRequest(file) : 'its name does not end in .json';
    if (content === undefined || this.#disposed) return;
    if (typeof content === 'string') {
      await this.#reject(name, content);
      return;
    }
    this.#listener.onRequest({ id, ...content });
    this.#told.add(id);
  }

  async #reject(name: string, problem: string): Promise<void> {
    const rejected = path.join(this.#inbox, REJECTED);
    await fs.promises.mkdir(rejected, { recursive: true });
    await rename(path.join(this.#inbox, name), path.join(rejected, name));
    this.#listener.onRejected(
      `A file in the inbox is not a request that can be understood: ${problem}. It was moved to ${path.join(rejected, name)}.`,
    );
  }

  #tellTrouble(sentence: string | undefined): void {
    if (this.#disposed || sentence === this.#trouble) return;
    this.#trouble = sentence;
    this.#listener.onTrouble(sentence);
  }
}

type Content = Omit<ReceivedRequest, 'id'>;

/** A request's content, what is wrong with it, or undefined when the file is gone. */
async function readRequest(file: string): Promise<Content | string | undefined> {
  try {
    const { size } = await fs.promises.stat(file);
    if (size > LARGEST) return `it has ${size} bytes`;
    return parseRequest(await fs.promises.readFile(file, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'EISDIR') return 'it is a folder';
    throw error;
  }
}

/** Reads a request file; a string says what is wrong with it. */
export function parseRequest(text: string): Content | string {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return 'it is not JSON';
    throw error;
  }
  if (!isRecord(record)) return 'it is not a JSON object';
  const request = requestOf(record['request']);
  if (request === undefined) return 'its "request" is none that this version knows';
  const by = requesterOf(record['by']);
  if (by === undefined) return 'its "by" does not say who asks';
  return { request, by };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isJob = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isJobs = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isJob);

/** For each type of request, the request in a record of that type, or undefined. */
const READERS: Readonly<
  Record<SweepRequest['type'], (record: Readonly<Record<string, unknown>>) => SweepRequest | undefined>
> = {
  pause: () => ({ type: 'pause' }),
  resume: () => ({ type: 'resume' }),
  stop: () => ({ type: 'stop' }),
  cancel: ({ jobs }) => {
    if (jobs === undefined) return { type: 'cancel' };
    return isJobs(jobs) ? { type: 'cancel', jobs } : undefined;
  },
  retry: ({ jobs }) => (jobs === 'failed' || isJobs(jobs) ? { type: 'retry', jobs } : undefined),
  hold: ({ jobs }) => someJobs('hold', jobs),
  release: ({ jobs }) => someJobs('release', jobs),
};

function someJobs(type: 'hold' | 'release', jobs: unknown): SweepRequest | undefined {
  if (jobs === undefined) return { type };
  return isJobs(jobs) ? { type, jobs } : undefined;
}

function requestOf(value: unknown): SweepRequest | undefined {
  if (!isRecord(value)) return undefined;
  const read = Object.entries(READERS).find(([type]) => type === value['type'])?.[1];
  return read?.(value);
}

function requesterOf(value: unknown): Requester | undefined {
  if (!isRecord(value)) return undefined;
  const { program, host, pid } = value;
  if (program !== 'editor' && program !== 'cli') return undefined;
  if (typeof host !== 'string' || !isJob(pid)) return undefined;
  return { program, host, pid };
}
