/** Follows one growing file by offset. Reads a bounded piece at a time, whatever the file's size. */
import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Bytes shown of what was written before following began. */
const startBytes = 64 * 1024;
/** Most bytes read at once. */
const pieceBytes = 256 * 1024;
/** A reader that is further behind than this jumps ahead: nobody reads that fast, and the terminal must not drown. */
const lagBytes = 2 * 1024 * 1024;

export interface Piece {
  readonly text: string;
  /** Bytes left out just before `text`. */
  readonly skipped: number;
  /** The file was replaced or cut: `text` begins a new one. */
  readonly restarted: boolean;
  /** Nothing more to read at the moment. */
  readonly atEnd: boolean;
}

const nothing: Piece = { text: '', skipped: 0, restarted: false, atEnd: true };

export class FileTail {
  readonly #file: string;
  #decoder = new StringDecoder('utf8');
  #offset: number | undefined;
  #identity: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** The next piece. A file that does not exist yet is empty. Throws what the file system throws otherwise. */
  async read(): Promise<Piece> {
    let handle: FileHandle;
    try {
      handle = await open(this.#file, 'r');
    } catch (error) {
      if (!isMissing(error)) throw error;
      // what appears under this name next is another file, whatever its number and size
      if (this.#offset !== undefined) this.#identity = undefined;
      return nothing;
    }
    try {
      return await this.#readFrom(handle);
    } finally {
      await handle.close();
    }
  }

  async #readFrom(handle: FileHandle): Promise<Piece> {
    const { size, ino } = await handle.stat();
    const restarted = this.#offset !== undefined && (size < this.#offset || ino !== this.#identity);
    const first = this.#offset === undefined;
    this.#identity = ino;
    if (restarted) {
      this.#offset = 0;
      this.#decoder = new StringDecoder('utf8');
    }

    let offset = this.#offset ?? 0;
    const limit = first ? startBytes : lagBytes;
    const jump = size - offset > limit;
    const from = jump ? size - startBytes : offset;
    if (jump) this.#decoder = new StringDecoder('utf8');

    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, size - from));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    let bytes = buffer.subarray(0, bytesRead);
    if (jump) bytes = bytes.subarray(startOfText(bytes));
    const skipped = jump ? from + bytesRead - bytes.length - offset : 0;
    offset = from + bytesRead;
    this.#offset = offset;
    return { text: this.#decoder.write(bytes), skipped, restarted, atEnd: offset >= size };
  }
}

/** Where a text cut at any byte becomes readable: after the first line end, else after a character cut in two. */
function startOfText(bytes: Buffer): number {
  const lineEnd = bytes.indexOf(0x0a);
  if (lineEnd !== -1 && lineEnd < bytes.length - 1) return lineEnd + 1;
  let start = 0;
  while (start < Math.min(3, bytes.length) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return start;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
