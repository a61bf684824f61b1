import type { Pool } from 'pg';
import { warn } from '#core/runtime/diagnostics.ts';
import { outside } from '#core/runtime/work.ts';

export interface VacuumOptions {
  /** Statements between two looks at what they left behind, and the least milliseconds between them. */
  readonly every?: number;
  readonly leastMs?: number;
}

/** Milliseconds without a statement before a look, so that no turn waits for it; and how many times `every` statements it waits for that. */
const QUIET = 20;
const MOST_WAITED = 4;
/** A table is due with this many dead rows, and this share of its live ones. PostgreSQL's default share is a fifth. */
const DEAD = 50;
const DEAD_SHARE = 0.1;
/** The maximum share of time for vacuuming one table. A slow one is vacuumed less often. */
const MOST_TIME = 0.02;

/**
 * Tables with dead rows, and their TOAST tables. `pg_stat_force_next_flush` is called before,
 * because a session that is never idle updates the counts late.
 */
const DEAD_ROWS = `
  SELECT t.relname AS name, t.n_live_tup + coalesce(l.n_live_tup, 0) AS live, t.n_dead_tup + coalesce(l.n_dead_tup, 0) AS dead
  FROM pg_stat_user_tables t JOIN pg_class c ON c.oid = t.relid LEFT JOIN pg_stat_all_tables l ON l.relid = c.reltoastrelid
  WHERE t.schemaname = 'public' AND t.n_dead_tup + coalesce(l.n_dead_tup, 0) > ${DEAD}`;

/**
 * Vacuums the tables by the number of changes. PGlite runs no autovacuum, and each flush of a growing answer and each deleted
 * document leaves dead rows, which every later statement reads past. It looks where no statement runs, if it can. One table at a
 * time, the one with most dead rows first, each in its own statement, so that waiting statements run in between.
 */
export class Vacuum {
  readonly #pool: Pool;
  readonly #every: number;
  readonly #leastMs: number;
  /** Maps a table to the time of its next possible vacuum. */
  readonly #notBefore = new Map<string, number>();
  #statements = 0;
  #latest = 0;
  #timer: NodeJS.Timeout | undefined;
  #looked = performance.now();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(pool: Pool, { every = 500, leastMs = 1_000 }: VacuumOptions = {}) {
    this.#pool = pool;
    this.#every = every;
    this.#leastMs = leastMs;
  }

  /** Counts a statement. */
  worked(): void {
    this.#statements += 1;
    this.#latest = performance.now();
    if (this.#stopped || this.#running || this.#statements < this.#every) return;
    if (this.#latest - this.#looked < this.#leastMs) return;
    if (this.#statements >= this.#every * MOST_WAITED) this.#begin();
    else this.#timer ??= setTimeout(() => this.#beginInQuiet(), QUIET).unref();
  }

  #beginInQuiet(): void {
    this.#timer = undefined;
    if (this.#stopped || this.#running) return;
    const rest = this.#latest + QUIET - performance.now();
    if (rest > 0) this.#timer = setTimeout(() => this.#beginInQuiet(), rest).unref();
    else this.#begin();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = outside(() => this.#look())
      .catch((error) => warn('store', 'the database could not be vacuumed', error))
      .finally(() => {
        this.#running = undefined;
        this.#statements = 0;
        this.#looked = performance.now();
      });
  }

  /** Waits for what is under way; nothing is begun after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #look(): Promise<void> {
    await this.#pool.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await this.#pool.query<{ name: string; live: string; dead: string }>(DEAD_ROWS);
    const due = rows
      .map(({ name, live, dead }) => ({ name, wear: Number(dead) / (DEAD + DEAD_SHARE * Number(live)) }))
      .filter(({ name, wear }) => wear > 1 && performance.now() >= (this.#notBefore.get(name) ?? 0))
      .sort((a, b) => b.wear - a.wear);
    for (const { name } of due) {
      if (this.#stopped) return;
      const started = performance.now();
      await this.#pool.query(`VACUUM public."${name.replaceAll('"', '""')}"`);
      const ended = performance.now();
      this.#notBefore.set(name, ended + (ended - started) / MOST_TIME);
    }
  }
}
