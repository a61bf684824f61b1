/** Random schedules of a writer, of slow readers that come and go, of a copy on another replica, and of takeovers. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import { isPolled } from '#core/runtime/polled.ts';
import type { Citation } from '#core/turn.ts';
import { randomInteger, seeded } from '../../../test/support/random.ts';
import { LogCopy } from '../log-copy.ts';
import { type MemoryEventLog, memoryEventLog } from './event-log.ts';

const SCHEDULES = 200;
const PIECES = ['a', '词', '😀', 'word '];
const END: GenerationEvent = {
  type: 'generation-failed',
  error: { code: 'INTERRUPTED', message: '', retryable: true },
};
const CITATION = { answerStart: 0, answerEnd: 1, start: 0, end: 1, support: 1 };
const never = new AbortController().signal;

/** What a client holds. */
interface Held {
  readonly text: string;
  readonly reasoning: string;
  readonly citations: readonly string[];
  readonly ended: boolean;
}
const NOTHING: Held = { text: '', reasoning: '', citations: [], ended: false };

function applied(held: Held, { event }: Pick<LoggedEvent, 'event'>): Held {
  switch (event.type) {
    case 'text-delta':
      expect(event.offset).toBe(held.text.length);
      return { ...held, text: held.text + event.text };
    case 'text-snapshot':
      return { ...held, text: event.text };
    case 'reasoning-delta':
      return { ...held, reasoning: held.reasoning.slice(0, event.offset) + event.text };
    case 'citation-added':
      expect(held.citations).not.toContain(event.citation.quote);
      return { ...held, citations: [...held.citations, event.citation.quote] };
    default:
      expect(held.ended).toBe(false);
      return { ...held, ended: event.type === END.type };
  }
}

class Scene {
  readonly next: (below: number) => number;
  readonly logs: readonly MemoryEventLog[];
  readonly epochs: number;
  written: Held = NOTHING;
  appended = 0;
  readonly #copy: LogCopy;

  constructor(seed: number) {
    const random = seeded(seed);
    this.next = (below) => randomInteger(random, below);
    const snapshotBound = [4, 20, 65_536][this.next(3)] ?? 0;
    this.logs = [memoryEventLog({ snapshotBound }), memoryEventLog({ snapshotBound })];
    this.epochs = 1 + this.next(2);
    this.#copy = new LogCopy('g', this.logs[1] as MemoryEventLog);
  }

  /** One attempt after the other, copied to the other replica piece by piece. */
  async write(): Promise<void> {
    const log = this.logs[0] as MemoryEventLog;
    for (let epoch = 1; epoch <= this.epochs; epoch += 1) {
      log.open('g', epoch);
      this.written = { ...this.written, reasoning: '' };
      if (epoch > 1) this.#append(epoch, { type: 'text-snapshot', text: this.written.text, attempt: epoch });
      for (let left = this.next(40); left >= 0; left -= 1) {
        this.#append(epoch, this.#event());
        if (this.next(4) === 0) this.#copyMore(1 + this.next(8));
        if (this.next(4) === 0) await turnOfTheLoop();
      }
    }
    this.#append(this.epochs, END);
    log.close('g', this.epochs);
    while (this.#copyMore(1 + this.next(8)) === 'open') await turnOfTheLoop();
    this.#copy.end(true);
  }

  #event(): GenerationEvent {
    const piece = PIECES[this.next(PIECES.length)] ?? '';
    const { text, reasoning } = this.written;
    const kind = this.next(12);
    if (kind === 0)
      return { type: 'citation-added', citation: { ...CITATION, quote: `c${this.appended}` } as Citation };
    if (kind === 1) return { type: 'text-snapshot', text: `again ${piece}`, attempt: 1 };
    if (kind < 4) return { type: 'reasoning-delta', text: piece, offset: this.next(5) === 0 ? 0 : reasoning.length };
    return { type: 'text-delta', text: piece, offset: text.length };
  }

  #append(epoch: number, event: GenerationEvent): void {
    this.appended += 1;
    this.written = applied(this.written, { event });
    expect(this.logs[0]?.append('g', epoch, event)).toBe(true);
  }

  #copyMore(most: number): ReturnType<LogCopy['take']> {
    const newest = this.logs[0]?.since('g', 0, 0)?.epoch;
    const part = this.logs[0]?.since('g', this.#copy.epoch === newest ? this.#copy.position : 0, most);
    return part ? this.#copy.take(part) : 'open';
  }

  /** A client that is slow, is cut off, and resumes at either replica: at its last cursor, or at an older one with what it held then. */
  async read(): Promise<{ held: Held; events: number }> {
    let held = NOTHING;
    let cursor: string | null = null;
    const moments: { readonly cursor: string | null; readonly held: Held }[] = [{ cursor, held }];
    let events = 0;
    while (!held.ended) {
      if (this.next(4) === 0) ({ cursor, held } = moments[this.next(moments.length)] ?? { cursor, held });
      const leaving = new AbortController();
      const reader = await this.logs[this.next(2)]?.read('g', cursor, leaving.signal);
      const polls = this.next(2) === 0;
      for (let left = 1 + this.next(6); reader && left > 0; left -= 1) {
        const result = await (polls ? polled(reader) : reader.next());
        if (result.done) break;
        expect(place(result.value.cursor)).toBeGreaterThan(place(cursor));
        events += 1;
        held = applied(held, result.value);
        cursor = result.value.cursor;
        moments.push({ cursor, held });
        for (let turns = this.next(4); turns > 0; turns -= 1) await turnOfTheLoop();
      }
      leaving.abort();
      await turnOfTheLoop();
    }
    return { held, events };
  }
}

const place = (cursor: string | null): number => {
  const [epoch = 0, position = 0] = (cursor ?? '0-0').split('-').map(Number);
  return epoch * 1_000_000 + position;
};

/** Read as the server reads it: without promises, but for the test's own. */
function polled(reader: AsyncIterator<LoggedEvent>): Promise<IteratorResult<LoggedEvent>> {
  if (!isPolled(reader)) throw new Error('the reader cannot be polled');
  return new Promise((resolve) => {
    const step = () => {
      const result = reader.poll(step);
      if (result) resolve(result);
    };
    step();
  });
}

test('whatever the schedule, each reader holds what was written, in order and once', async () => {
  let [read, appended] = [0, 0];
  for (let seed = 0; seed < SCHEDULES; seed += 1) {
    const scene = new Scene(seed);
    const reading = [scene.read(), scene.read(), scene.read()];
    await scene.write();
    for (const { held, events } of await Promise.all(reading)) {
      read += events;
      appended += scene.appended;
      expect({ seed, text: held.text, ended: held.ended }).toEqual({ seed, text: scene.written.text, ended: true });
      if (scene.epochs > 1) continue; // a reader of the former attempt begins with the text of the next one
      expect({ seed, ...held }).toEqual({ seed, ...scene.written });
    }
  }
  expect(read).toBeLessThan(appended); // deltas were merged
});

test('a poll hears of the end, and of a reader that leaves', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  const leaving = new AbortController();
  const readers = await Promise.all([log.read('g', null, leaving.signal), log.read('g', null, never)]);
  const ends = readers.map((reader) => reader && polled(reader));
  leaving.abort();
  expect((await ends[0])?.done).toBe(true);
  log.close('g', 1);
  expect((await ends[1])?.done).toBe(true);
});
