import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';
import { upload } from '../support/upload.ts';

/** How often the server is killed; more in CI. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 4);
const LINES = 600;
const textOf = (word: string) =>
  Array.from({ length: LINES }, (_, line) => `Line ${line} tells of ${word}. 第${line}行说的是斑马。`).join('\n\n');

/** Kills the server at any moment of an ingestion: what was acknowledged is whole after the next start, and there once. */
async function killInMidIngestion(environment: Readonly<Record<string, string>>): Promise<void> {
  const settings = { BOOTSTRAP_API_KEY: OPERATOR_KEY, ...environment };
  const acknowledged = new Map<string, string>();
  let server = await startProcess(settings);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const part of ['a', 'b']) {
      const word = `zebra${round}${part}`;
      const { data } = await upload(server.url, OPERATOR_KEY, { name: `${word}.txt`, content: textOf(word) });
      acknowledged.set(data.uploadDocument.id, word);
    }
    await sleep(Math.random() * 600);
    await server.kill();
    server = await startProcess(settings);
    const { request } = client(server.url, OPERATOR_KEY);
    for (const [id, word] of acknowledged) {
      const document = async () =>
        (await request('query ($id: ID!) { document(id: $id) { status error passageCount } }', { id })).data.document;
      await expect.poll(async () => (await document()).status, { timeout: 30_000 }).toMatch(/INDEXED|FAILED/);
      const { status, error, passageCount } = await document();
      expect([status, error]).toEqual(['INDEXED', null]);
      const { data } = await request(
        'query ($query: String!) { search(query: $query, first: 50, options: { strategy: KEYWORD, rerank: false }) { passages { id start end document { id } } } }',
        { query: word },
      );
      const passages: { start: number; end: number; document: { id: string } }[] = data.search.passages;
      expect(passages.every((passage) => passage.document.id === id)).toBe(true);
      expect(new Set(passages.map(({ start }) => start)).size).toBe(passages.length);
      expect(passages.length).toBe(Math.min(50, passageCount));
      expect(passageCount).toBeGreaterThan(20);
    }
  }
  await server.kill();
}

test('kill -9 in mid-ingestion, embedded: every upload that was acknowledged is indexed, whole and once', {
  timeout: ROUNDS * 30_000,
}, async () => {
  const data = freshDataDirectory();
  await killInMidIngestion({ DATA_DIR: data.path });
  data.remove();
});

describeWith('on PostgreSQL', process.env['POSTGRES_URL'] !== undefined, 'set POSTGRES_URL', () => {
  const withDatabase = async (work: (environment: Readonly<Record<string, string>>) => Promise<void>) => {
    const data = freshDataDirectory();
    const scratch = await scratchDatabase(process.env['POSTGRES_URL'] as string);
    await work({ DATA_DIR: data.path, POSTGRES_URL: scratch.url });
    await scratch.drop();
    data.remove();
  };

  test('kill -9 in mid-ingestion: the same', { timeout: ROUNDS * 30_000 }, () => withDatabase(killInMidIngestion));

  test(
    'what a replica leaves behind that never comes back, another ingests',
    {
      timeout: 90_000,
    },
    () =>
      withDatabase(async (environment) => {
        const settings = { BOOTSTRAP_API_KEY: OPERATOR_KEY, ...environment };
        const dying = await startProcess(settings);
        const staying = await startProcess(settings);
        const ids: string[] = [];
        for (let file = 0; file < 6; file += 1) {
          const { data } = await upload(dying.url, OPERATOR_KEY, {
            name: `${file}.txt`,
            content: textOf(`zebra${file}`),
          });
          ids.push(data.uploadDocument.id);
        }
        await dying.kill();
        const { request } = client(staying.url, OPERATOR_KEY);
        const ask = 'query ($id: ID!) { document(id: $id) { status error } }';
        for (const id of ids)
          await expect
            .poll(async () => (await request(ask, { id })).data.document, { timeout: 60_000 })
            .toEqual({ status: 'INDEXED', error: null });
        await staying.kill();
      }),
  );
});
