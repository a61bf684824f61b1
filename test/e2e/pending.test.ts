import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { upload } from '../support/upload.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.remove());

test('a search names the documents that are still being read, and no longer once they are indexed', async () => {
  const { request } = client(app.url, OPERATOR_KEY);
  const pending = async () => {
    const { data } = await request(
      '{ search(query: "quagga enclosure 77") { pending { title status } passages { text } } }',
    );
    return data.search;
  };
  const content = Array.from(
    { length: 20_000 },
    (_, place) => `Paragraph ${place}: the quagga enclosure number ${place} holds ${place} animals.`,
  ).join('\n\n');
  const uploaded = upload(app.url, OPERATOR_KEY, { name: 'Quaggas.txt', content });
  await expect
    .poll(async () => (await pending()).pending.map(({ title }: { title: string }) => title), { interval: 20 })
    .toEqual(['Quaggas']);
  await uploaded;
  await expect.poll(async () => (await pending()).pending).toEqual([]);
  expect((await pending()).passages[0].text).toContain('number 77 holds 77 animals');
});
