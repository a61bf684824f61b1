import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';
import { upload } from '../support/upload.ts';

afterEach(killProcesses);

/** Number of kills; more in CI. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 4);
const LINES = 600;
const textOf = (word: string, lines = LINES) =>
  Array.from({ length: lines }, (_, line) => `Line ${line} tells of ${word}. 第${line}行说的是斑马。`).join('\n\n');

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
      await expect.poll(async () => (await document()).status).toMatch(/INDEXED|FAILED/);
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
  timeout: 60_000 + ROUNDS * 60_000,
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

  test('kill -9 in mid-ingestion: the same', { timeout: 60_000 + ROUNDS * 60_000 }, () =>
    withDatabase(killInMidIngestion),
  );

  const documentAt = async ({ url }: RunningProcess, id: string) => {
    const ask = 'query ($id: ID!) { document(id: $id) { status progress error } }';
    return (await client(url, OPERATOR_KEY).request(ask, { id })).data.document;
  };
  const indexed = (server: RunningProcess, id: string) =>
    expect.poll(() => documentAt(server, id)).toEqual({ status: 'INDEXED', progress: 1, error: null });
  const start = (environment: Readonly<Record<string, string>>) =>
    startProcess({ BOOTSTRAP_API_KEY: OPERATOR_KEY, ...environment });
  const give = async ({ url }: RunningProcess, word: string, lines?: number): Promise<string> => {
    const file = { name: `${word}.txt`, content: textOf(word, lines) };
    return (await upload(url, OPERATOR_KEY, file)).data.uploadDocument.id;
  };

  test('a replica ingests the documents that a dead one left', () =>
    withDatabase(async (environment) => {
      const [dying, staying] = [await start(environment), await start(environment)];
      const ids: string[] = [];
      for (let file = 0; file < 6; file += 1) ids.push(await give(dying, `zebra${file}`));
      await dying.kill();
      for (const id of ids) await indexed(staying, id);
      await staying.kill();
    }));

  test('a replica that was stopped and continues changes nothing that another has ingested meanwhile', () =>
    withDatabase(async (environment) => {
      const [stopped, staying] = [await start(environment), await start(environment)];
      const id = await give(stopped, 'zebra', 40_000);
      // The text is stored and is being split.
      await expect.poll(async () => (await documentAt(staying, id)).progress, { interval: 5 }).toBeGreaterThan(0);
      stopped.child.kill('SIGSTOP');
      expect((await documentAt(staying, id)).status).not.toBe('INDEXED');
      await indexed(staying, id);
      const passages = () =>
        rowsOf(environment['POSTGRES_URL'] as string, 'SELECT id, sequence FROM passages ORDER BY sequence');
      const before = await passages();
      expect(before.length).toBeGreaterThan(1_000);
      stopped.child.kill('SIGCONT');
      await indexed(stopped, id);
      // Long enough to continue the ingestion.
      await sleep(5_000);
      await indexed(stopped, id);
      expect(await passages()).toEqual(before);
      await Promise.all([stopped.kill(), staying.kill()]);
    }));
});

async function rowsOf(url: string, sql: string): Promise<unknown[]> {
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  const { rows } = await reader.query(sql);
  await reader.end();
  return rows;
}
