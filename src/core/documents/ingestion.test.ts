import { tmpdir } from 'node:os';
import { expect, test, vi } from 'vitest';
import { AppError } from '../errors.ts';
import type { Ingestion } from '../plugin.ts';
import { type DocumentText, type IngestionOptions, ingestion } from './ingestion.ts';

const TEXT = 'The bridge was built in 1932.';
const PASSAGE = { start: 0, end: 3, text: 'The', heading: null };

/** The job over a store in which each status is set, unless `documents` does otherwise, and a plugin that does `ingest`. */
function job(ingest: (asked: Ingestion, run: { trace(stage: object): void }) => unknown, documents: object = {}) {
  const setStatus = vi.fn(async (_id: string, _owner: string, _status: { status: string }) => true);
  const replacePassages = vi.fn(async () => true);
  const options = {
    store: {
      documents: {
        text: async () => ({ document: { status: 'QUEUED', bytes: TEXT.length }, text: TEXT }),
        setStatus,
        upload: async () => null,
        dropUpload: async () => undefined,
        replacePassages,
        ...documents,
      },
    },
    driver: { ingest },
    claims: {
      owner: 'a',
      holding: (_id: string, work: (lost: AbortController) => Promise<void>) => work(new AbortController()),
    },
    feed: { changed: () => undefined },
    onProgress: () => undefined,
  } as unknown as IngestionOptions;
  return {
    run: (more: Partial<IngestionOptions> = {}) =>
      ingestion({ ...options, ...more })('one', new AbortController().signal),
    statuses: () => setStatus.mock.calls.map(([, , { status }]) => status),
    replacePassages,
  };
}

test.each([
  ['another text', { start: 0, end: 6, text: 'forged' }],
  ['an end before its start', { start: 6, end: 0, text: '' }],
  ['nothing', { start: 3, end: 3, text: '' }],
  ['a beginning before the text', { start: -1, end: 3, text: 'The' }],
  ['an end behind the text', { start: 0, end: TEXT.length + 1, text: TEXT }],
  ['what is no number', { start: Number.NaN, end: 3, text: 'The' }],
])('nothing is kept of a plugin that saves a passage with %s', async (_title, passage) => {
  const asked = Promise.withResolvers<unknown>();
  const { run, replacePassages } = job(async ({ save }) => {
    asked.resolve(await save([{ ...passage, heading: null }], 'GENERAL').catch((error: unknown) => error));
    return true;
  });
  await run();
  expect(String(await asked.promise)).toContain('returned the wrong type: a passage');
  expect(replacePassages).not.toHaveBeenCalled();
});

const unavailable = new AppError('STORE_UNAVAILABLE', 'The database did not answer');
const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', errno: -28 });
const rests = (_asked: Ingestion, run: { trace(stage: object): void }) =>
  run.trace({ stage: 'ingest', plugin: 'retrieval', outcome: 'SKIPPED', detail: 'circuit open' });
/** Reports errors of a plugin as the driver does. */
const saves = async ({ save }: Ingestion, run: { trace(stage: object): void }) => {
  try {
    await save([PASSAGE], 'GENERAL');
    return true;
  } catch {
    run.trace({ stage: 'ingest', plugin: 'retrieval', outcome: 'FAILED', detail: 'threw an error' });
    return undefined;
  }
};
const throwing = (error: Error) => async () => {
  throw error;
};

test.each([
  ['the store does not answer while passages are saved', job(saves, { replacePassages: throwing(unavailable) })],
  ['the store does not answer', job(saves, { text: throwing(unavailable) })],
  ['the disk is full', job(saves, { upload: throwing(full) })],
  ['the plugin rests after failures of others', job(rests)],
])('while %s a document waits for another try', async (_title, { run, statuses }) => {
  await expect(run()).rejects.toThrow();
  expect(statuses()).not.toContain('FAILED');
});

test.each([
  ['a defect', job(saves, { upload: throwing(new TypeError('x is not a function')) })],
  ['a plugin that fails', job(saves, { replacePassages: throwing(new Error('its own')) })],
])('%s fails the document, which is not tried for ever', async (_title, { run, statuses }) => {
  await run();
  expect(statuses().at(-1)).toBe('FAILED');
});

test('a replica that lost the document while it saved passages ends without a failure', async () => {
  const { run, statuses } = job(saves, { replacePassages: async () => false });
  await run();
  expect(statuses()).toEqual(['PARSING', 'EMBEDDING']);
});

test('a document that another replica took over is left alone at once', async () => {
  const { run, replacePassages, statuses } = job(saves, { setStatus: async () => false });
  await run();
  expect(replacePassages).not.toHaveBeenCalled();
  expect(statuses()).toEqual([]);
});

test('a text that was just added or read from a file is not read from the store again', async () => {
  const document = { status: 'QUEUED', bytes: TEXT.length };
  const unread = { text: throwing(new Error('it was read')) };
  const seen: string[] = [];
  const noting = async ({ text }: Ingestion) => seen.push(text) > 0;
  const fromFile = job(noting, {
    ...unread,
    upload: async () => ({ name: 'a.txt', mediaType: '', titled: true, parts: async function* () {} }),
    setText: async () => document,
  });
  await fromFile.run({
    directory: tmpdir(),
    parser: { parse: async () => ({ text: 'a\0b', mediaType: 'text/plain', title: null }) },
  });
  await job(noting, unread).run({ added: () => ({ document, text: TEXT }) as unknown as DocumentText });
  // The text as the store keeps it.
  expect(seen).toEqual(['a\ufffdb', TEXT]);
});

test('nothing is ingested if the document was deleted while its file was read', async () => {
  const ingest = vi.fn();
  const gone = job(ingest, {
    upload: async () => ({ name: 'a.txt', mediaType: '', titled: true, parts: async function* () {} }),
    setText: async () => null,
  });
  await gone.run({
    directory: tmpdir(),
    parser: { parse: async () => ({ text: 'x', mediaType: 'text/plain', title: null }) },
  });
  expect(ingest).not.toHaveBeenCalled();
  expect(gone.statuses()).toEqual([]);
});
