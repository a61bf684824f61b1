import { expect, test } from 'vitest';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { startFakeProvider } from '../support/fake-provider.ts';

test('passages and questions go to the embedding model, once each; without it keywords answer, and say so; a restart asks nothing again', async () => {
  const provider = await startFakeProvider();
  /** Counts a text's letters, so that similar words give similar vectors. */
  const vectorOf = (text: string) => {
    const vector = new Array<number>(32).fill(0.01);
    for (const letter of text.toLowerCase())
      vector[letter.charCodeAt(0) % 32] = (vector[letter.charCodeAt(0) % 32] ?? 0) + 1;
    return vector;
  };
  let down = false;
  provider.respond((call) =>
    down ? { status: 503 } : { vectors: ((call.body.input ?? []) as string[]).map(vectorOf) },
  );
  const environment = { EMBEDDING_MODEL: 'openai-compatible:letters', OPENAI_BASE_URL: provider.url };
  let app = await startApp(environment);
  let { request } = client(app.url, OPERATOR_KEY);
  const search = async (query: string, strategy: string) =>
    (
      await request(
        'query ($query: String!, $strategy: SearchStrategy) { search(query: $query, options: { strategy: $strategy }) { strategy degraded passages { text vectorScore keywordScore } } }',
        { query, strategy },
      )
    ).data.search;
  const add = (title: string, text: string) =>
    request(
      'mutation ($title: String!, $text: String!) { addDocument(input: { title: $title, text: $text }) { status } }',
      { title, text },
    );

  expect((await add('One', 'zzzz yyyy xxxx')).data.addDocument.status).toBe('INDEXED');
  await add('斑马', '斑马生活在非洲。');
  await expect.poll(async () => (await search('zzz yyy', 'VECTOR')).strategy).toBe('VECTOR');
  const nearest = await search('zzz yyy', 'VECTOR');
  expect(nearest.passages[0].text).toContain('zzzz');
  expect(nearest.passages[0].vectorScore).toBeGreaterThan(0.3);
  const both = await search('zzzz', 'HYBRID');
  expect([both.strategy, both.degraded, both.passages[0].text]).toEqual(['HYBRID', [], 'zzzz yyyy xxxx']);

  const passages = () =>
    provider.calls.flatMap(({ body }) => body.input as string[]).filter((text) => text.includes('\n'));
  expect(passages().sort()).toEqual(['One\nzzzz yyyy xxxx', '斑马\n斑马生活在非洲。']);
  await add('One', 'zzzz yyyy xxxx');
  expect(passages()).toHaveLength(2);

  down = true;
  const degraded = await search('斑马住在哪里', 'HYBRID');
  expect([degraded.strategy, degraded.degraded]).toEqual(['KEYWORD', ['vector']]);
  expect(degraded.passages[0].text).toContain('非洲');
  await app.stop();

  app = await startApp({ ...environment, DATA_DIR: app.dataDirectory });
  ({ request } = client(app.url, OPERATOR_KEY));
  down = false;
  await expect.poll(async () => (await search('xxx yyy', 'VECTOR')).strategy).toBe('VECTOR');
  expect(passages()).toHaveLength(2);
  await app.remove();
  await provider.close();
});
