/** One terminal per job whose log somebody looks at. */
import * as vscode from 'vscode';
import type { Disposable } from '#engine/sweeps.ts';
import type { OpenSweep, Workspaces } from '../workspaces.ts';
import { LogFollower, type Progress } from './log-follower.ts';

/** ms until the files are looked at again. */
const pauses: Readonly<Record<Progress, number>> = { more: 20, waiting: 200, ended: 0 };

export class JobLogs implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #log: (line: string) => void;
  readonly #terminals = new Map<string, vscode.Terminal>();
  readonly #subscription: vscode.Disposable;

  constructor(workspaces: Workspaces, log: (line: string) => void) {
    this.#workspaces = workspaces;
    this.#log = log;
    this.#subscription = vscode.window.onDidCloseTerminal((closed) => {
      for (const [key, terminal] of this.#terminals) {
        if (terminal === closed) this.#terminals.delete(key);
      }
    });
  }

  /** Shows the job's log, in the terminal that shows it already if there is one. */
  show(sweep: OpenSweep, job: number): vscode.Terminal {
    const key = `${sweep.key}/${job}`;
    const open = this.#terminals.get(key);
    if (open !== undefined) {
      open.show(true);
      return open;
    }
    const terminal = vscode.window.createTerminal({
      name: `${sweep.view.id}/${job}`,
      iconPath: new vscode.ThemeIcon('output'),
      pty: new LogTerminal(this.#workspaces, sweep, job, this.#log),
      isTransient: true,
    });
    this.#terminals.set(key, terminal);
    terminal.show(true);
    return terminal;
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const terminal of this.#terminals.values()) terminal.dispose();
    this.#terminals.clear();
  }
}

class LogTerminal implements vscode.Pseudoterminal {
  readonly #writing = new vscode.EventEmitter<string>();
  readonly #workspaces: Workspaces;
  readonly #follower: LogFollower;
  readonly #key: string;
  readonly #job: number;
  readonly #log: (line: string) => void;
  #subscription: Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stepping = false;
  #again = false;
  #closed = false;

  readonly onDidWrite = this.#writing.event;

  constructor(workspaces: Workspaces, sweep: OpenSweep, job: number, log: (line: string) => void) {
    this.#workspaces = workspaces;
    this.#key = sweep.key;
    this.#job = job;
    this.#log = log;
    this.#follower = new LogFollower({
      id: `${sweep.view.id}/${job}`,
      logs: sweep.view.jobLogs(job),
      state: () => this.#workspaces.find(this.#key)?.view.job(job),
      write: (text) => this.#writing.fire(text),
    });
  }

  open(): void {
    this.#subscription = this.#workspaces.onDidChange((change) => {
      const concerned =
        change.type === 'reset' ||
        (change.key === this.#key && (change.type !== 'changed' || change.jobs.includes(this.#job)));
      if (concerned) this.#step();
    });
    this.#step();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#writing.dispose();
  }

  #step(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    if (this.#stepping) {
      this.#again = true;
      return;
    }
    this.#stepping = true;
    this.#follower
      .step()
      .catch((error: unknown): Progress => {
        this.#log(`The log of job ${this.#key}/${this.#job} can't be read: ${String(error)}`);
        return 'waiting';
      })
      .then((progress) => {
        this.#stepping = false;
        const now = this.#again;
        this.#again = false;
        if (this.#closed) return;
        if (now) this.#step();
        else if (progress !== 'ended') this.#timer = setTimeout(() => this.#step(), pauses[progress]);
      })
      .catch((error: unknown) => this.#log(String(error)));
  }
}
