import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { SplitThread } from './split-thread.ts';

const begun = async () => {
  const channel = new BroadcastChannel('split');
  await once(channel, 'message');
  channel.close();
};

/** A splitter that never comes to the end of a structure, and ends its thread at the word "bang". */
const endless = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, asked }) => {
      if (asked.text === 'bang' && asked.splitter !== 'recursive') process.exit(1);
      if (asked.splitter !== 'recursive') new BroadcastChannel('split').postMessage('begun');
      while (asked.splitter !== 'recursive');
      const { text } = asked;
      parentPort.postMessage({ id, answer: { kind: 'GENERAL', passages: [{ start: 0, end: text.length, text, heading: null }] } });
    });`)}`,
);
const document = (text: string, splitter: 'structure' | 'recursive' = 'structure') =>
  ({ text, title: 'a', mediaType: 'text/plain', kind: 'CODE', splitter }) as const;
const { signal } = new AbortController();
let thread: SplitThread;
afterEach(() => thread.stop());

test('a document whose structure takes too long is cut without it, and keeps its kind', async () => {
  thread = new SplitThread({ script: endless, structureWithin: { text: 50, million: 0 } });
  const { kind, passages } = await thread.split(document('text'), signal);
  expect([kind, passages.map(({ text }) => text)]).toEqual(['CODE', ['text']]);
});

test('a document that takes the thread down is cut without its structure', async () => {
  thread = new SplitThread({ script: endless });
  expect((await thread.split(document('bang'), signal)).passages).toHaveLength(1);
});

test('aborting a document ends its work in the thread: the one that waits for its turn is split', async () => {
  thread = new SplitThread({ script: endless });
  const deleted = new AbortController();
  const spinning = begun();
  const endlessly = thread.split(document('first'), deleted.signal);
  const next = thread.split(document('second', 'recursive'), signal);
  await spinning;
  deleted.abort(new Error('deleted'));
  await expect(endlessly).rejects.toThrow('deleted');
  expect((await next).passages.map(({ text }) => text)).toEqual(['second']);
});

test('aborting a document that waits for its turn leaves the one before it alone', async () => {
  thread = new SplitThread({ script: endless, structureWithin: { text: 300, million: 0 } });
  const first = thread.split(document('first'), signal);
  const deleted = new AbortController();
  const waiting = thread.split(document('second'), deleted.signal);
  deleted.abort(new Error('deleted'));
  await expect(waiting).rejects.toThrow('deleted');
  expect((await first).passages.map(({ text }) => text)).toEqual(['first']);
});
