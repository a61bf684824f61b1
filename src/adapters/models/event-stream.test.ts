import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eventsOf } from './event-stream.ts';

const MEBIBYTE = 1_048_576;

/** A body of these chunks, then: closed, errored, or left open. */
function bodyOf(chunks: Iterable<string>, end: 'closed' | 'reset' | 'open' = 'closed') {
  let cancelled = false;
  const iterator = chunks[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = iterator.next();
      if (!done) controller.enqueue(Buffer.from(value, 'latin1'));
      else if (end === 'closed') controller.close();
      else if (end === 'reset') controller.error(new Error('ECONNRESET'));
      else await new Promise(() => undefined);
    },
    cancel() {
      cancelled = true;
    },
  });
  return { body, isCancelled: () => cancelled };
}

const textOf = (body: ReadableStream<Uint8Array>) => new Response(body).text();

test('passes on what came, and ends a last event that nothing ended', async () => {
  expect(await textOf(eventsOf(bodyOf(['data: a\n\nda', 'ta: b']).body))).toBe('data: a\n\ndata: b\n\n');
});

test('a reset is an end, and ends no event', async () => {
  expect(await textOf(eventsOf(bodyOf(['data: a\n\nda', 'ta: b'], 'reset').body))).toBe('data: a\n\ndata: b');
});

describe.each(['\n', '\r\n'])('with %j for line ends', (newline) => {
  const lines = (text: string) => text.replaceAll('\n', newline);

  test.each([
    'data: [DONE]\n\n',
    'data:[DONE]\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    'event: response.completed\ndata: {}\n\n',
    'event: response.incomplete\ndata: {}\n\n',
  ])('%j ends the events of a connection that stays open, in one piece or in bytes', async (last) => {
    const text = lines(`data: a\n\n${last}`);
    expect(await textOf(eventsOf(bodyOf([text], 'open').body))).toBe(text);
    expect(await textOf(eventsOf(bodyOf(text, 'open').body))).toBe(text);
  });

  test('words of a last event within an answer end nothing', async () => {
    const text = lines(
      'data: {"content":"data: [DONE]"}\n\ndata: [DONE] or so\n\nevent: message_stopped\n\ndata: b\n\n',
    );
    const { body } = bodyOf(text);
    expect(await textOf(eventsOf(body))).toBe(`${text}\n\n`);
  });

  test('many events in single lines do not count as one long event', async () => {
    const chunks = Array.from({ length: 300 }, () => [`data: ${'x'.repeat(10_000)}${newline}`, newline]).flat();
    expect(await textOf(eventsOf(bodyOf(chunks).body))).toHaveLength(chunks.join('').length + 2);
  });
});

test.each([
  [
    'one endless line',
    function* () {
      for (;;) yield 'x'.repeat(1_000);
    },
  ],
  [
    'endless lines without an end of the event',
    function* () {
      for (;;) yield 'data: x\n'.repeat(100);
    },
  ],
  [
    'one chunk',
    function* () {
      yield `data: ${'x'.repeat(MEBIBYTE)}`;
    },
  ],
])('an event of over 1 MiB is an error and lets go of the body: %s', async (_title, chunks) => {
  const { body, isCancelled } = bodyOf(chunks(), 'open');
  await expect(textOf(eventsOf(body))).rejects.toThrow('an event of over');
  expect(isCancelled()).toBe(true);
});

test('the reader reads for a second after the last event, then closes the body', async () => {
  const { body, isCancelled } = bodyOf(['data: [DONE]\n\n'], 'open');
  await textOf(eventsOf(body));
  expect(isCancelled()).toBe(false);
  for (let attempt = 0; !isCancelled() && attempt < 100; attempt += 1) await sleep(50);
  expect(isCancelled()).toBe(true);
});

test('reads nothing before it is asked, and cancels the body when it is left', async () => {
  let read = 0;
  const { body, isCancelled } = bodyOf(
    (function* () {
      for (;;) {
        read += 1;
        yield 'data: a\n\n';
      }
    })(),
  );
  const events = eventsOf(body).getReader();
  await events.read();
  await sleep(20);
  expect(read).toBeLessThan(5);
  await events.cancel();
  expect(isCancelled()).toBe(true);
});
