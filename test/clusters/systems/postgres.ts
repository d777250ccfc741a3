/** A PostgreSQL of its own for a test system, on loopback and in the system's directory. */
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { accountOf, plainEnvironment, type Daemon, type SystemHome } from './home.ts';

export class Postgres {
  readonly #home: SystemHome;
  readonly #port: number;
  readonly #account = accountOf('postgres');
  readonly #programs: string;
  readonly #password: string;
  #daemon: Daemon | undefined;

  /** `password`: of the account `postgres` in it, who may do everything. */
  constructor(home: SystemHome, port: number, password: string) {
    this.#home = home;
    this.#port = port;
    this.#password = password;
    const version =
      readdirSync('/usr/lib/postgresql')
        .sort((a, b) => Number(a) - Number(b))
        .at(-1) ?? '';
    this.#programs = `/usr/lib/postgresql/${version}/bin`;
  }

  /** Makes the files of an empty database. */
  async prepare(): Promise<void> {
    const [folder, password] = [this.#home.path('postgres'), this.#home.path('password')];
    mkdirSync(folder);
    chownSync(folder, this.#account.uid, this.#account.gid);
    writeFileSync(password, `${this.#password}\n`);
    const options = ['-E', 'SQL_ASCII', '--locale=C', '-U', 'postgres', '--auth=md5', '--no-sync'];
    await this.#home.must(
      [`${this.#programs}/initdb`, '-D', folder, ...options, `--pwfile=${password}`],
      {},
      {
        account: this.#account,
        seconds: 120,
      },
    );
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.#port,
      unix_socket_directories: '',
      fsync: 'off',
      synchronous_commit: 'off',
    };
    const words = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    this.#daemon = this.#home.start(
      'postgres',
      [`${this.#programs}/postgres`, '-D', this.#home.path('postgres'), ...words],
      // killed, it would leave shared memory behind
      { account: this.#account, environment: plainEnvironment, signal: 'SIGQUIT' },
    );
    await this.#home.until('PostgreSQL answers', 60, async () => {
      const address = ['-q', '-h', '127.0.0.1', '-p', String(this.#port)];
      return (await this.#home.run([`${this.#programs}/pg_isready`, ...address], {})).code === 0;
    });
  }

  /** Ends it whoever is connected; what was written is there after the next start. */
  async stop(): Promise<void> {
    await this.#daemon?.stop('SIGINT', 10);
  }
}
