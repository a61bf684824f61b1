/** The whole server with search servers that fail and come back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { describeWith } from '../support/services.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

const elasticsearch = process.env['ELASTICSEARCH_URL'];
const servers = { WEAVIATE_URL: process.env['WEAVIATE_URL'], CHROMA_URL: process.env['CHROMA_URL'] };

for (const [name, url] of Object.entries(servers))
  describeWith(
    `keywords by Elasticsearch, vectors by ${name.split('_')[0]?.toLowerCase()}`,
    elasticsearch !== undefined && url !== undefined,
    `set ELASTICSEARCH_URL and ${name}: scripts/services/services up elasticsearch weaviate chroma`,
    () => suite(name, url as string),
  );

function suite(name: string, url: string): void {
  let app: TestApp;
  let ask: Client['request'];
  let keywords: Tunnel;
  let vectors: Tunnel;
  // A new database, not the shared copy: engines keep the passages of each database apart.
  const directory = mkdtempSync(join(tmpdir(), 'parley-engines-'));
  beforeAll(async () => {
    for (const [name] of await indexes()) others.add(name);
    keywords = await startTunnel(Number(new URL(elasticsearch as string).port));
    vectors = await startTunnel(Number(new URL(url).port));
    app = await startApp({ DATA_DIR: directory, ELASTICSEARCH_URL: keywords.url, [name]: vectors.url });
    ask = client(app.url, OPERATOR_KEY).request;
  });
  afterAll(async () => {
    await app.remove();
    await Promise.all([keywords.close(), vectors.close()]);
    rmSync(directory, { recursive: true, force: true });
    await forget();
  });

  /** Names and aliases of those that this suite made. */
  const others = new Set<string>();
  async function indexes(): Promise<[name: string, aliases: string[]][]> {
    const found = await fetch(`${elasticsearch}/parley-*`).then((answer) => answer.json());
    return Object.entries(found as Record<string, { aliases: object }>).flatMap(([name, { aliases }]) =>
      others.has(name) ? [] : [[name, Object.keys(aliases)]],
    );
  }
  async function forget(): Promise<void> {
    for (const [index] of await indexes()) await fetch(`${elasticsearch}/${index}`, { method: 'DELETE' });
  }

  interface Found {
    readonly strategy: string;
    readonly degraded: readonly string[];
    readonly texts: readonly string[];
  }
  async function search(query: string, strategy = 'HYBRID'): Promise<Found> {
    const { data, errors } = await ask(
      'query ($query: String!, $strategy: SearchStrategy) { search(query: $query, options: { strategy: $strategy }) { strategy degraded passages { text document { title } } } }',
      { query, strategy },
    );
    if (errors) throw new Error(JSON.stringify(errors));
    const result = data.search;
    return { ...result, texts: result.passages.map(({ text }: { text: string }) => text) };
  }
  const add = async (title: string, text: string): Promise<string> => {
    const { data } = await ask(
      'mutation ($title: String!, $text: String!) { addDocument(input: { title: $title, text: $text }) { id } }',
      { title, text },
    );
    return data.addDocument.id;
  };
  const eventually = (query: string, strategy: string, expected: Partial<Found>) =>
    expect.poll(() => search(query, strategy), { interval: 300 }).toMatchObject(expected);

  test('both legs answer, in English and in Chinese', async () => {
    await add('Bridge', 'The old bridge was built in 1932 by Anna Meyer of Bern.');
    await add('斑马', '斑马生活在非洲，身上有黑白条纹。');
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'HYBRID', degraded: [] });
    expect((await search('Who built the old bridge?')).texts[0]).toContain('Anna Meyer');
    expect((await search('斑马生活在哪里？', 'KEYWORD')).texts[0]).toContain('非洲');
    await eventually('the construction of bridges', 'VECTOR', { strategy: 'VECTOR', degraded: [] });
  });

  test('without vectors a search continues by keywords and says so; later it has the missed changes', async () => {
    vectors.down = true;
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'KEYWORD', degraded: ['vector'] });
    expect((await search('Who built the old bridge?')).texts[0]).toContain('Anna Meyer');
    const { data } = await ask(
      'mutation { sendMessage(input: { content: "Who built the old bridge?" }) { generation { id } } }',
    );
    expect(data.sendMessage.generation.id).toBeTruthy();
    await add('Tower', 'The tall tower was erected by Gustave in the capital.');
    expect((await search('tower of the capital')).texts[0]).toContain('Gustave');
    vectors.down = false;
    await expect
      .poll(async () => (await search('a high tower', 'VECTOR')).texts[0], { interval: 300 })
      .toContain('Gustave');
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'HYBRID', degraded: [] });
  });

  test('without keywords a search continues by vectors and says so; later it has the missed changes', async () => {
    keywords.down = true;
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'VECTOR', degraded: ['keyword'] });
    expect((await search('Who built the old bridge?')).texts[0]).toContain('Anna Meyer');
    await add('Ship', 'The white ship sails from Hamburg on Mondays.');
    keywords.down = false;
    await expect
      .poll(async () => (await search('Hamburg', 'KEYWORD')).texts[0], { interval: 300 })
      .toContain('Hamburg');
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'HYBRID', degraded: [] });
  });

  test('an index that is lost is filled again and serves under its alias; documents that come meanwhile do not wait', async () => {
    await forget();
    await add('Lighthouse', 'The red lighthouse stands on the rocks of Tuskar.');
    await expect
      .poll(async () => (await search('Tuskar', 'KEYWORD')).texts[0], { interval: 300 })
      .toContain('lighthouse');
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'HYBRID', degraded: [] });
    expect((await search('斑马生活在哪里？', 'KEYWORD')).texts[0]).toContain('非洲');
    const aliases = async () => (await indexes()).map(([, named]) => named.length);
    await expect.poll(aliases).toEqual([1]);
  });

  test('without both it says that it cannot search, and an answer says that it found nothing', async () => {
    keywords.down = true;
    vectors.down = true;
    await expect.poll(async () => (await search('Who built the old bridge?')).texts.length).toBe(0);
    keywords.down = false;
    vectors.down = false;
    await eventually('Who built the old bridge?', 'HYBRID', { strategy: 'HYBRID', degraded: [] });
  });

  test('a deleted document is gone from every engine', async () => {
    const id = await add('Secret', 'The zanzibar password is plover.');
    await expect.poll(async () => (await search('zanzibar', 'KEYWORD')).texts.length).toBe(1);
    await ask('mutation ($id: ID!) { deleteDocument(id: $id) { deletedId } }', { id });
    for (const strategy of ['KEYWORD', 'HYBRID', 'VECTOR'])
      expect((await search('zanzibar password', strategy)).texts.filter((text) => text.includes('plover'))).toEqual([]);
    const left = async () => {
      const answer = await fetch(`${elasticsearch}/parley-*/_search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: { term: { tokens: 'zanzibar' } } }),
      });
      return ((await answer.json()) as { hits: { total: { value: number } } }).hits.total.value;
    };
    await expect.poll(left).toBe(0);
  });
}
