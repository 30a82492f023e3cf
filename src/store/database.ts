import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { migrations } from './migrations/index.ts';
import { SyncSoon } from './sync-soon.ts';

const SQLITE_BUSY = 5;
const IN_MEMORY = ':memory:';

/** Another process has the database open. */
export class DatabaseInUse extends Error {
  constructor(path: string) {
    super(`another server uses the database ${path}`);
    this.name = 'DatabaseInUse';
  }
}

/**
 * The service's one SQLite database. What was acknowledged survives a kill and a power cut at any instant: a commit returns when its
 * bytes are on the disk (WAL, synchronous=FULL), or who acknowledges it waits for that. Only files under `store/` use it.
 */
export class Database {
  /** No other process can write it while this one lives. */
  readonly isExclusive: boolean;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #log: SyncSoon;
  readonly #isInMemory: boolean;
  #depth = 0;

  /**
   * Opens or creates the database at `path` and brings its schema up to date. With `exclusive`, no other process can open it until
   * this one ends, however it ends: an old server can't write behind the back of a new one. Throws `DatabaseInUse`.
   */
  constructor(path: string, options: { readonly exclusive?: boolean } = {}) {
    this.#sqlite = new DatabaseSync(path);
    this.isExclusive = options.exclusive ?? false;
    if (this.isExclusive) this.#lock(path);
    this.#sqlite.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000',
    );
    this.#log = new SyncSoon(`${path}-wal`);
    this.#isInMemory = path === IN_MEMORY;
    this.#migrate();
  }

  /** The prepared statement of a text, prepared once. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `work` as one transaction: all of it is on the disk when this returns, or none of it. Nested calls join. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    return this.#transact(work);
  }

  /**
   * The same, but it does not wait for the disk, which has it a moment later. No kill of the server loses it; a power cut may. It is for
   * what whoever goes on after a power cut does anew, and for what nobody is told of before `onDisk`.
   */
  unhurried<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#sqlite.exec('PRAGMA synchronous = NORMAL');
    try {
      return this.#transact(work);
    } finally {
      this.#sqlite.exec('PRAGMA synchronous = FULL');
      this.#log.soon();
    }
  }

  /** Resolves when all that was committed before is on the disk: one write serves all who wait for it, and nobody else waits. */
  async onDisk(): Promise<void> {
    if (!this.#isInMemory) await this.#log.now();
  }

  #transact<T>(work: () => T): T {
    this.#sqlite.exec('BEGIN IMMEDIATE');
    this.#depth++;
    try {
      const result = work();
      this.#sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      this.#sqlite.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth--;
    }
  }

  get isInTransaction(): boolean {
    return this.#depth > 0;
  }

  close(): void {
    this.#statements.clear();
    this.#log.close();
    this.#sqlite.close();
  }

  #lock(path: string): void {
    try {
      this.#sqlite.exec(
        'PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT',
      );
    } catch (error) {
      this.#sqlite.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) throw new DatabaseInUse(path);
      throw error;
    }
  }

  #migrate(): void {
    const { user_version: version } = this.#sqlite.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > migrations.length) {
      throw new Error(
        `the database is of a newer version (${version}) than this program knows (${migrations.length})`,
      );
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      this.transaction(() => {
        this.#sqlite.exec(migration);
        this.#sqlite.exec(`PRAGMA user_version = ${index + 1}`);
      });
    }
  }
}
