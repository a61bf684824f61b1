import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { client, FOLLOW, type StreamEvent } from '../support/client.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.remove());

const request = (query: string, variables: object = {}) => client(app.url, OPERATOR_KEY).request(query, variables);
const add = (title: string, text: string) =>
  request(
    'mutation ($title: String!, $text: String!) { addDocument(input: { title: $title, text: $text }) { status } }',
    {
      title,
      text,
    },
  );
/** For many documents, or on a busy machine, vectors follow shortly after INDEXED. */
const complete = () =>
  expect
    .poll(async () => {
      const { data } = await request(
        '{ documents(first: 9) { edges { node { status } } } platform { stores { name detail } } }',
      );
      const unfinished = data.documents.edges.filter(
        ({ node }: { node: { status: string } }) => node.status !== 'INDEXED',
      );
      const vectors = data.platform.stores.find(({ name }: { name: string }) => name === 'vectors');
      return unfinished.length === 0 && !vectors.detail.includes(' of ');
    })
    .toBe(true);
const search = async (query: string) =>
  (
    await request('query ($query: String!) { search(query: $query) { strategy degraded passages { text } } }', {
      query,
    })
  ).data.search;

async function answer(content: string): Promise<{ text: string; quotes: string[] }> {
  const sent = await request(
    'mutation ($content: String!) { sendMessage(input: { content: $content }) { generation { id } } }',
    { content },
  );
  const id = sent.data.sendMessage.generation.id;
  const quotes: string[] = [];
  for await (const { data } of client(app.url, OPERATOR_KEY).ws(FOLLOW, { id })) {
    const event = data.generation as StreamEvent;
    if (event['citation']) quotes.push(event['citation'].quote);
    if (event.__typename === 'GenerationCompleted') return { text: event.message?.content ?? '', quotes };
  }
  throw new Error('the answer did not end');
}

test('on a fresh start, offline, a question in other words or in the other language finds its passage', async () => {
  await add('手册', '退款会在收到商品后三个工作日内原路返回。\n\n仓库周日不营业。');
  await add('Handbook', 'Pets are welcome in the office on Fridays.\n\nThe cafeteria opens at noon.');
  await complete();
  await expect.poll(async () => (await search('How long does a refund take?')).passages[0]?.text).toContain('退款');
  const found = await search('How long does a refund take?');
  expect([found.strategy, found.degraded, found.passages[0].text.includes('退款')]).toEqual(['HYBRID', [], true]);
  expect((await search('食堂几点开门？')).passages[0].text).toContain('cafeteria');
  const { data } = await request('{ platform { stores { name engine healthy detail } } }');
  expect(data.platform.stores).toContainEqual({
    name: 'vectors',
    engine: 'built-in',
    healthy: true,
    detail: expect.stringMatching(/^built-in:use-multilingual@512: \d+ passages?$/),
  });
});

test('the built-in answerer quotes a document in the other language, says so, and cites it', async () => {
  const english = await answer('How long does a refund take?');
  expect(english.text).toContain('From “手册”, which is in Chinese:\n退款会在收到商品后三个工作日内原路返回。');
  expect(english.quotes).toContain('退款会在收到商品后三个工作日内原路返回。');
  expect((await answer('食堂几点开门？')).text).toContain(
    '根据《Handbook》（原文不是中文）：\nThe cafeteria opens at noon.',
  );
});

test('EMBEDDING_MODEL=none switches vectors off', async () => {
  const without = await startApp({ EMBEDDING_MODEL: 'none' });
  const { request: ask } = client(without.url, OPERATOR_KEY);
  await ask('mutation { addDocument(input: { title: "a", text: "A zebra has stripes." }) { status } }');
  const { data } = await ask(
    '{ search(query: "zebra") { strategy degraded passages { text } } platform { stores { name } } }',
  );
  expect(data.search).toEqual({ strategy: 'KEYWORD', degraded: [], passages: [{ text: 'A zebra has stripes.' }] });
  expect(data.platform.stores.map(({ name }: { name: string }) => name)).not.toContain('vectors');
  await without.remove();
});
