import { expect, test, vi } from 'vitest';
import { type IngestionOptions, ingestion } from './ingestion.ts';
import type { Ingestion } from './plugin.ts';

const TEXT = 'The bridge was built in 1932.';

test.each([
  ['another text', { start: 0, end: 6, text: 'forged' }],
  ['an end before its start', { start: 6, end: 0, text: '' }],
  ['nothing', { start: 3, end: 3, text: '' }],
  ['a beginning before the text', { start: -1, end: 3, text: 'The' }],
  ['an end behind the text', { start: 0, end: TEXT.length + 1, text: TEXT }],
  ['what is no number', { start: Number.NaN, end: 3, text: 'The' }],
])('of a plugin that saves a passage with %s nothing is kept', async (_title, passage) => {
  const replacePassages = vi.fn();
  const asked = Promise.withResolvers<unknown>();
  const options = {
    store: {
      documents: {
        text: async () => ({ document: { status: 'QUEUED', bytes: TEXT.length }, text: TEXT }),
        setStatus: async () => true,
        upload: async () => null,
        replacePassages,
      },
    },
    driver: {
      async ingest({ save }: Ingestion) {
        asked.resolve(await save([{ ...passage, heading: null }], 'GENERAL').catch((error: unknown) => error));
      },
    },
    feed: { changed: () => undefined },
    onProgress: () => undefined,
  } as unknown as IngestionOptions;
  await ingestion(options)('one', new AbortController().signal);
  expect(String(await asked.promise)).toContain('returned the wrong type: a passage');
  expect(replacePassages).not.toHaveBeenCalled();
});
