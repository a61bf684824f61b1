import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import { memoryEventLog } from './event-log.ts';

const never = new AbortController().signal;
const delta = (text: string): GenerationEvent => ({ type: 'text-delta', text, offset: 0 });
const started: GenerationEvent = {
  type: 'generation-started',
  conversationId: 'c',
  userMessageId: 'u',
  assistantMessageId: 'a',
  attempt: 1,
};
const failed: GenerationEvent = {
  type: 'generation-failed',
  error: { code: 'INTERRUPTED', message: '', retryable: true },
};

/** What a client holds after these events. */
function textOf(events: readonly LoggedEvent[], held = ''): string {
  return events.reduce((text, { event }) => {
    if (event.type === 'text-snapshot') return event.text;
    if (event.type !== 'text-delta') return text;
    expect(event.offset).toBe(text.length);
    return text + event.text;
  }, held);
}

test('adjacent deltas that queued up arrive as one; other events stay apart', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  for (const event of [started, delta('a'), delta('b'), failed]) log.append('g', 1, event);
  log.close('g', 1);
  const events = await Array.fromAsync(log.read('g', null, never) ?? []);
  expect(events.map(({ event }) => event.type)).toEqual(['generation-started', 'text-delta', 'generation-failed']);
  expect(textOf(events)).toBe('ab');
});

test('a reader that is cut anywhere and resumes with its last cursor holds exactly the text', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  log.append('g', 1, started);
  const words = Array.from({ length: 200 }, (_, index) => `词${index}😀 `);
  const writer = (async () => {
    for (const word of words) {
      log.append('g', 1, delta(word));
      if (Math.random() < 0.3) await turnOfTheLoop();
    }
    log.append('g', 1, failed);
    log.close('g', 1);
  })();
  const seen = new Set<string>();
  let cursor: string | null = null;
  let held = '';
  for (let ended = false; !ended; ) {
    const cut = new AbortController();
    let left = Math.ceil(Math.random() * 5);
    for await (const logged of log.read('g', cursor, cut.signal) ?? []) {
      expect(seen.has(logged.cursor)).toBe(false);
      seen.add(logged.cursor);
      held = textOf([logged], held);
      cursor = logged.cursor;
      ended = logged.event.type === 'generation-failed';
      left -= 1;
      if (left === 0) cut.abort();
    }
  }
  await writer;
  expect(held).toBe(words.join(''));
});

test('cursors rise, and readers side by side are given the very same event', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  const readers = [log.read('g', null, never), log.read('g', null, never)];
  const pulled = readers.map((reader) => reader?.next());
  log.append('g', 1, delta('x'));
  const [first, second] = await Promise.all(pulled);
  expect(first?.value).toBe(second?.value);
});

test('past the bound a reader that fell behind gets the whole text instead of the rest', async () => {
  const log = memoryEventLog({ snapshotBound: 10 });
  log.open('g', 1);
  log.append('g', 1, delta('begin '));
  const reader = log.read('g', null, never);
  await reader?.next();
  for (let index = 0; index < 20; index += 1) log.append('g', 1, delta('x'));
  const { value } = (await reader?.next()) ?? {};
  expect(value?.event).toEqual({ type: 'text-snapshot', text: `begin ${'x'.repeat(20)}`, attempt: 1 });
});

test('a cursor of another log starts with the whole text, and no cursor at all is refused', async () => {
  const log = memoryEventLog();
  log.open('g', 2);
  log.append('g', 2, delta('abc'));
  log.close('g', 2);
  const [first] = await Array.fromAsync(log.read('g', '1-7', never) ?? []);
  expect(first?.event).toMatchObject({ type: 'text-snapshot', text: 'abc' });
  expect(() => log.read('g', 'nonsense', never)).toThrowError(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('a writer of an older epoch is refused, and its readers go on with the newer log', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  log.append('g', 1, delta('old'));
  const reader = log.read('g', null, never);
  await reader?.next();
  log.open('g', 2);
  expect(log.append('g', 1, delta('!'))).toBe(false);
  log.append('g', 2, { type: 'text-snapshot', text: 'new', attempt: 2 });
  expect((await reader?.next())?.value?.event).toMatchObject({ text: 'new' });
});

test('an aborted reader ends at once, and a closed log ends its waiting readers', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  const cut = new AbortController();
  const [aborted, waiting] = [log.read('g', null, cut.signal), log.read('g', null, never)];
  const results = [aborted?.next(), waiting?.next()];
  cut.abort();
  expect((await results[0])?.done).toBe(true);
  log.close('g', 1);
  expect((await results[1])?.done).toBe(true);
});

test('ended logs are kept within bounds of number and time, the oldest go first', () => {
  let time = 0;
  const log = memoryEventLog({ keep: 2, keepMs: 100, now: () => time });
  const known = () => ['a', 'b', 'c', 'd'].filter((id) => log.read(id, null, never) !== undefined);
  for (const id of ['a', 'b', 'c']) {
    log.open(id, 1);
    log.close(id, 1);
    time += 10;
  }
  expect(known()).toEqual(['b', 'c']);
  time = 115;
  log.open('d', 1);
  expect(known()).toEqual(['c', 'd']);
});
