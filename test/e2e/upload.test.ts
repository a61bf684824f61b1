import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { send, type UploadFile, upload } from '../support/upload.ts';

const LIMIT = 200_000;
let app: TestApp;
let ann: Client;
let eve: Client;
let eveKey: string;
beforeAll(async () => {
  app = await startApp({ MAX_UPLOAD_BYTES: String(LIMIT), MAX_REQUEST_BYTES: '20000' });
  ann = client(app.url, OPERATOR_KEY);
  const { data } = await ann.request(
    'mutation { createApiKey(input: { name: "eve", subject: "eve", tenant: "elsewhere", role: USER }) { secret } }',
  );
  eveKey = data.createApiKey.secret;
  eve = client(app.url, eveKey);
});
afterAll(() => app.remove());

const sendFile = (file: UploadFile, input?: Record<string, unknown>) => upload(app.url, OPERATOR_KEY, file, input);
const document = async (id: string, who = ann) =>
  (
    await who.request(
      'query ($id: ID!) { document(id: $id) { title status error mediaType kind passageCount progress } }',
      { id },
    )
  ).data.document;
async function settled(id: string) {
  await expect.poll(async () => (await document(id)).status).toMatch(/INDEXED|FAILED/);
  return document(id);
}
const texts = async (query: string, who = ann): Promise<string[]> =>
  (
    await who.request(
      'query ($query: String!) { search(query: $query, options: { strategy: KEYWORD }) { passages { text } } }',
      { query },
    )
  ).data.search.passages.map(({ text }: { text: string }) => text);
/** Files of requests, and of documents that are being read. */
const leftovers = () => {
  const folder = join(app.dataDirectory, 'uploads');
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    : [];
};

test('a file is indexed, its title is its name, and it is found; nothing is left on the disk', async () => {
  const { status, data } = await sendFile({
    name: 'Old bridges.md',
    content: 'The walrus bridge was built in 1932.',
  });
  expect(status).toBe(200);
  expect(data.uploadDocument).toMatchObject({ title: 'Old bridges', bytes: 36, error: null });
  const done = await settled(data.uploadDocument.id);
  expect(done).toMatchObject({ status: 'INDEXED', progress: 1, kind: 'GENERAL', passageCount: 1 });
  expect(await texts('walrus bridge')).toEqual([expect.stringContaining('1932')]);
  await expect.poll(leftovers).toEqual([]);
});

test('files of several kinds are read, in English and in Chinese; a title that is given stays', async () => {
  const files: readonly (readonly [UploadFile, string, string])[] = [
    [{ name: 'a.txt', content: '企鹅生活在南极，不会飞。' }, '企鹅在哪里', '南极'],
    [
      {
        name: 'b.html',
        content:
          '<html><head><title>T</title><script>evil()</script></head><body><h1>Otters</h1><p>The otter swims in the river and eats fish all day long.</p></body></html>',
      },
      'otter river',
      'otter swims',
    ],
    [{ name: 'c.csv', content: 'animal,food\ngiraffe,leaves\nokapi,buds\n' }, 'okapi', 'buds'],
    [{ name: 'd.json', content: '{"animal": "narwhal", "sea": "arctic"}' }, 'narwhal', 'arctic'],
    [{ name: 'e.ts', content: 'export function quokkaCount(): number {\n  return 42;\n}\n' }, 'quokkaCount', '42'],
  ];
  for (const [file, query, expected] of files) {
    const { data } = await sendFile(file, { title: `Given ${file.name}` });
    const done = await settled(data.uploadDocument.id);
    expect([file.name, done.status, done.error]).toEqual([file.name, 'INDEXED', null]);
    expect(done.title).toBe(`Given ${file.name}`);
    expect((await texts(query))[0]).toContain(expected);
  }
  expect((await texts('otter'))[0]).not.toContain('evil');
});

test('progress comes over SSE and over WebSocket, from the current state to the end', async () => {
  const { data } = await sendFile({
    name: 'long.txt',
    content: 'A line about the ibis of the Nile.\n\n'.repeat(3_000),
  });
  const { id } = data.uploadDocument;
  const query = 'subscription ($id: ID!) { documentProgress(id: $id) { stage progress document { id status } } }';
  for (const stream of [ann.sse(query, { id }), ann.ws(query, { id })]) {
    const stages: string[] = [];
    let former = 0;
    for await (const { data: event } of stream) {
      stages.push(event.documentProgress.stage);
      expect(event.documentProgress.progress).toBeGreaterThanOrEqual(former);
      former = event.documentProgress.progress;
      expect(event.documentProgress.document.id).toBe(id);
    }
    expect(stages.at(-1)).toBe('INDEXED');
    expect(former).toBe(1);
  }
});

test('an unreadable file is FAILED with a reason, and leaves nothing', async () => {
  const files: readonly (UploadFile & { readonly reason: RegExp })[] = [
    { name: 'empty.txt', content: '', reason: /is empty/ },
    { name: 'blank.txt', content: ' \n \n', reason: /no text/ },
    { name: 'binary.txt', content: new Uint8Array(2_000).map((_, place) => (place * 7) % 256), reason: /binary/ },
    { name: 'broken.pdf', content: '%PDF-1.7\nnothing of a PDF', reason: /PDF file is damaged/ },
    { name: 'broken.docx', content: Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(100)]), reason: /damaged/ },
    { name: 'picture.png', content: Buffer.from('89504e470d0a1a0a0000000d', 'hex'), reason: /picture|image/ },
  ];
  for (const { reason, ...file } of files) {
    const { data } = await sendFile(file);
    const done = await settled(data.uploadDocument.id);
    expect([file.name, done.status]).toEqual([file.name, 'FAILED']);
    expect(done.error).toMatch(reason);
    expect(done.error).not.toMatch(/\/|Error|undefined|log/);
    expect(done.passageCount).toBe(0);
    const id = data.uploadDocument.id;
    const { errors } = await ann.request('mutation ($id: ID!) { reindexDocument(id: $id) { id } }', { id });
    expect(errors).toBeUndefined();
    await expect.poll(async () => (await document(id)).error).toMatch(/was not kept|is empty/);
  }
  await expect.poll(leftovers).toEqual([]);
});

test('a file over the limit is refused while it comes, and nothing is kept', async () => {
  const { status, errors } = await sendFile({ name: 'big.txt', content: 'x'.repeat(LIMIT + 1) });
  expect(status).toBe(413);
  expect(errors?.[0]?.extensions.code).toBe('PAYLOAD_TOO_LARGE');
  expect((await sendFile({ name: 'fits.txt', content: 'x '.repeat(LIMIT / 2) })).status).toBe(200);
  await expect.poll(leftovers).toEqual([]);
});

test('the same clientMutationId again is the same document, and with another file CONFLICT', async () => {
  const first = await sendFile(
    { name: 'once.txt', content: 'The axolotl regrows its legs.' },
    { clientMutationId: 'upload-1' },
  );
  const again = await sendFile(
    { name: 'once.txt', content: 'The axolotl regrows its legs.' },
    { clientMutationId: 'upload-1' },
  );
  expect(again.data.uploadDocument.id).toBe(first.data.uploadDocument.id);
  await settled(first.data.uploadDocument.id);
  expect(await texts('axolotl')).toHaveLength(1);
  const other = await sendFile({ name: 'once.txt', content: 'Something else.' }, { clientMutationId: 'upload-1' });
  expect(other.errors?.[0]?.extensions.code).toBe('CONFLICT');
});

test('reindexing keeps a document found; another viewer can neither do nor follow it', async () => {
  const { data } = await sendFile({ name: 'tapir.txt', content: 'The tapir is shy.' });
  const { id } = data.uploadDocument;
  await settled(id);
  const reindex = 'mutation ($id: ID!) { reindexDocument(id: $id) { id status } }';
  expect((await ann.request(reindex, { id })).data.reindexDocument.id).toBe(id);
  await expect.poll(() => texts('tapir')).toHaveLength(1);
  expect((await settled(id)).status).toBe('INDEXED');
  expect(await texts('tapir')).toHaveLength(1);
  expect((await eve.request(reindex, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  const events = [];
  for await (const event of eve.sse('subscription ($id: ID!) { documentProgress(id: $id) { stage } }', { id }))
    events.push(event);
  expect(JSON.stringify(events)).toContain('NOT_FOUND');
  expect(await texts('tapir', eve)).toEqual([]);
});

test('deleted while it is being indexed it does not come back', async () => {
  for (const wait of [0, 20, 60]) {
    const { data } = await sendFile({ name: 'gone.txt', content: 'The dodo is extinct.\n\n'.repeat(2_000) });
    await sleep(wait);
    await ann.request('mutation ($id: ID!) { deleteDocument(id: $id) { deletedId } }', { id: data.uploadDocument.id });
    expect(await texts('dodo')).toEqual([]);
  }
  await sleep(500);
  expect(await texts('dodo')).toEqual([]);
});

const form = (parts: Readonly<Record<string, string | Blob>>): FormData => {
  const made = new FormData();
  for (const [name, value] of Object.entries(parts)) made.append(name, value as string);
  return made;
};
const query = 'mutation ($file: File!) { uploadDocument(input: { file: $file }) { id } }';
const operations = JSON.stringify({ query, variables: { file: null } });
const file = new Blob(['A text.']);

test.each<[string, FormData]>([
  ['no operations', form({ map: '{}' })],
  ['no map', form({ operations, 0: file })],
  ['operations that are no JSON', form({ operations: '{', map: '{"0":["variables.file"]}', 0: file })],
  ['operations that are a list', form({ operations: `[${operations}]`, map: '{"0":["variables.file"]}', 0: file })],
  ['a file without a place', form({ operations, map: '{}', 0: file })],
  ['a place without a file', form({ operations, map: '{"0":["variables.file"]}' })],
  ['a place that is no variable', form({ operations, map: '{"0":["query"]}', 0: file })],
  ['a place that is not there', form({ operations, map: '{"0":["variables.other"]}', 0: file })],
  ['a place in a prototype', form({ operations, map: '{"0":["variables.__proto__.file"]}', 0: file })],
  ['a place that is very deep', form({ operations, map: `{"0":["variables${'.a'.repeat(100)}"]}`, 0: file })],
  ['a place that is no text', form({ operations, map: '{"0":[7]}', 0: file })],
  [
    'too many files',
    form({
      operations,
      map: '{}',
      ...Object.fromEntries(Array.from({ length: 30 }, (_, place) => [`f${place}`, file])),
    }),
  ],
  [
    'operations over the limit',
    form({ operations: `${operations.slice(0, -1)},"x":"${'x'.repeat(30_000)}"}`, map: '{}' }),
  ],
  [
    'a subscription',
    form({ operations: JSON.stringify({ query: 'subscription { documentProgress(id: "x") { stage } }' }), map: '{}' }),
  ],
  ['an unknown field', form({ operations: JSON.stringify({ query: '{ nothing }' }), map: '{}' })],
])('%s is refused with a code, and leaves nothing', async (_name, body) => {
  const { status, errors } = await send(app.url, OPERATOR_KEY, body);
  expect([400, 413]).toContain(status);
  expect(errors?.[0]?.extensions.code).toMatch(
    /BAD_USER_INPUT|PAYLOAD_TOO_LARGE|GRAPHQL_VALIDATION_FAILED|GRAPHQL_PARSE_FAILED/,
  );
  await expect.poll(leftovers).toEqual([]);
});

test('without a credential nothing is read; a file cannot be made of JSON', async () => {
  expect((await send(app.url, 'wrong', form({ operations, map: '{"0":["variables.file"]}', 0: file }))).status).toBe(
    401,
  );
  const { errors } = await ann.request(query, { file: { path: '/etc/passwd', name: 'x', mediaType: '', bytes: 1 } });
  expect(errors?.[0]?.message).toContain('multipart');
  const malformed = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_KEY}`, 'content-type': 'multipart/form-data' },
    body: 'x',
  });
  expect(malformed.status).toBe(400);
  await expect.poll(leftovers).toEqual([]);
});

test('a client that leaves during its file leaves nothing, and the server continues', async () => {
  const controller = new AbortController();
  const body = new ReadableStream({
    async pull(stream) {
      stream.enqueue(
        Buffer.from(`--b\r\ncontent-disposition: form-data; name="0"; filename="x"\r\n\r\n${'x'.repeat(10_000)}`),
      );
      await sleep(100);
      controller.abort();
    },
  });
  await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_KEY}`, 'content-type': 'multipart/form-data; boundary=b' },
    body,
    duplex: 'half',
    signal: controller.signal,
  } as RequestInit).catch(() => undefined);
  await expect.poll(leftovers).toEqual([]);
  expect((await ann.request('{ __typename }')).status).toBe(200);
});
