/** The soak's output each half minute, and its verdict. */

import { median, quantile } from './measure.ts';
import type { Kind, Tally } from './soak-load.ts';

export const WINDOW = 30_000;
/** The minimum of the last minute's throughput, and the maximum of its memory, relative to the second minute. */
const LEAST_THROUGHPUT = 0.9;
const MOST_MEMORY = 1.15;
const COUNTED = ['chats', 'documents', 'searches'] as const satisfies Kind[];

interface Window {
  readonly times: Map<Kind, number[]>;
  megabytes: number;
}

export interface Measured {
  readonly megabytes: number;
  /** Seconds of CPU since the start. */
  readonly cpu: number;
  /** Statements since the start, and their seconds together. */
  readonly statements: { readonly count: number; readonly seconds: number };
}

export class SoakReport implements Tally {
  readonly #windows: Window[] = [];
  #times = new Map<Kind, number[]>();
  #before: Measured;
  #errors = 0;
  readonly #kinds = new Map<string, number>();

  constructor(before: Measured) {
    this.#before = before;
    console.log(
      '   min  chats/min  docs/min  searches/min  lists/min   first token p50 p95   document p50   search p50 p95   ms a statement   CPU   MB   errors',
    );
  }

  done(kind: Kind, milliseconds: number): void {
    const times = this.#times.get(kind) ?? [];
    this.#times.set(kind, times);
    times.push(milliseconds);
  }

  failed(what: string, error: unknown): void {
    this.#errors += 1;
    const message = `${what}: ${error instanceof Error ? error.message : JSON.stringify(error)}`;
    this.#kinds.set(message, (this.#kinds.get(message) ?? 0) + 1);
  }

  /** Ends a window and prints its line. */
  window(now: Measured): void {
    const times = this.#times;
    this.#times = new Map();
    this.#windows.push({ times, megabytes: now.megabytes });
    const a = (kind: Kind) => (((times.get(kind)?.length ?? 0) * 60_000) / WINDOW).toFixed(0);
    const q = (kind: Kind, share: number) => quantile(times.get(kind) ?? [], share).toFixed(0);
    const [was, is] = [this.#before, now];
    const count = is.statements.count - was.statements.count;
    const statement = ((is.statements.seconds - was.statements.seconds) / count) * 1_000;
    const cells: readonly (readonly [string, number])[] = [
      [((this.#windows.length * WINDOW) / 60_000).toFixed(1), 6],
      ...(['chats', 'documents', 'searches', 'lists'] as const).map(
        (kind, at) => [a(kind), [11, 10, 14, 11][at]] as [string, number],
      ),
      [`${q('first tokens', 0.5)} ${q('first tokens', 0.95)}`, 22],
      [q('documents', 0.5), 15],
      [`${q('searches', 0.5)} ${q('searches', 0.95)}`, 17],
      [statement.toFixed(2), 17],
      [((is.cpu - was.cpu) / (WINDOW / 1_000)).toFixed(2), 6],
      [now.megabytes.toFixed(0), 5],
      [String(this.#errors), 9],
    ];
    console.log(cells.map(([text, width]) => text.padStart(width)).join(''));
    this.#before = now;
  }

  /** Prints it; true where all holds. */
  verdict(): boolean {
    for (const [message, count] of this.#kinds) console.log(`${count} x ${message}`);
    const minute = (first: number) => this.#windows.slice(first, first + 2);
    const [second, last] = [minute(2), minute(this.#windows.length - 2)];
    const count = (windows: readonly Window[], kind: Kind) =>
      windows.reduce((sum, { times }) => sum + (times.get(kind)?.length ?? 0), 0);
    const memory = (windows: readonly Window[]) => median(windows.map(({ megabytes }) => megabytes));
    const checks = [
      { what: 'errors', figure: this.#errors, holds: this.#errors === 0 },
      ...COUNTED.map((kind) => {
        const share = count(last, kind) / count(second, kind);
        return { what: `${kind}, last minute over second`, figure: share, holds: share >= LEAST_THROUGHPUT };
      }),
      {
        what: 'memory, last minute over second',
        figure: memory(last) / memory(second),
        holds: memory(last) <= MOST_MEMORY * memory(second),
      },
    ];
    console.log();
    for (const { what, figure, holds } of checks)
      console.log(`${holds ? 'holds' : 'FAILS'}  ${what}: ${Number.isInteger(figure) ? figure : figure.toFixed(2)}`);
    return checks.every(({ holds }) => holds);
  }
}
