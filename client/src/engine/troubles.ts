/** What keeps a sweep from going on for now, as one sentence, and the wait for a disk that takes nothing. */

/** Where a trouble comes from, the most pressing first. */
const SOURCES = ['journal', 'disk', 'queue'] as const;

type Source = (typeof SOURCES)[number];

const DISK_AGAIN_MS = 5_000;

export class Troubles {
  readonly #onTrouble: (sentence: string | undefined) => void;
  readonly #onDiskAgain: () => void;
  readonly #sentences = new Map<Source, string>();
  #diskTimer: NodeJS.Timeout | undefined;

  /**
   * @param onTrouble told the most pressing sentence, or that there is none, whenever one comes or goes
   * @param onDiskAgain called some time after `waitForDisk`: the disk may be tried again
   */
  constructor(onTrouble: (sentence: string | undefined) => void, onDiskAgain: () => void) {
    this.#onTrouble = onTrouble;
    this.#onDiskAgain = onDiskAgain;
  }

  of(source: Source): string | undefined {
    return this.#sentences.get(source);
  }

  set(source: Source, sentence: string | undefined): void {
    if (sentence === undefined) this.#sentences.delete(source);
    else this.#sentences.set(source, sentence);
    this.#onTrouble(SOURCES.map((one) => this.#sentences.get(one)).find((one) => one !== undefined));
  }

  /** Nothing is to be written for a while. */
  waitForDisk(sentence: string): void {
    this.set('disk', sentence);
    clearTimeout(this.#diskTimer);
    this.#diskTimer = setTimeout(() => {
      this.#diskTimer = undefined;
      this.#onDiskAgain();
    }, DISK_AGAIN_MS);
  }

  get isWaitingForDisk(): boolean {
    return this.#diskTimer !== undefined;
  }

  diskWorks(): void {
    if (this.#sentences.has('disk')) this.set('disk', undefined);
  }

  close(): void {
    clearTimeout(this.#diskTimer);
  }
}
