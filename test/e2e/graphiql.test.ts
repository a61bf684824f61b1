import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { CHROMIUM, INSTALL_CHROMIUM, launchChromium, newPage } from '../support/chromium.ts';
import { describeWith } from '../support/services.ts';

const CHAT =
  'subscription { chat(input: { content: "Hello" }) { __typename ... on GenerationCompleted { message { status } } } }';

describeWith('GraphiQL, in Chromium', CHROMIUM !== undefined, INSTALL_CHROMIUM, () => {
  let browser: Browser;
  let page: Page;
  let open: TestApp;
  let closed: TestApp;
  beforeAll(async () => {
    [browser, open, closed] = await Promise.all([
      launchChromium(),
      startApp({ PARLEY_ENV: 'development' }),
      startApp(),
    ]);
  });
  afterAll(() => Promise.all([browser?.close(), open?.remove(), closed?.remove()]));
  afterEach(() => page?.context().close());

  /** Types the query in by the address, presses the button, and waits until the result holds the text. */
  async function run(url: string, query: string, expected: string, headers?: object): Promise<void> {
    page = await newPage(browser);
    await page.goto(`${url}/graphiql?query=${encodeURIComponent(query)}`);
    if (headers) {
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)').click();
      await page.keyboard.insertText(JSON.stringify(headers));
    }
    await page.getByRole('button', { name: /Execute query/ }).click();
    await expect.poll(() => resultOf(page)).toContain(expected);
  }
  /** The editor sets no-break spaces. */
  const resultOf = async (shown: Page) =>
    ((await shown.locator('.result-window').textContent()) ?? '').replaceAll('\u00a0', ' ');

  test('runs a query', async () => {
    await run(open.url, '{ viewer { subject } }', '"subject": "');
  });

  test('runs a subscription to its last event', async () => {
    await run(open.url, CHAT, '"COMPLETE"');
  });

  test('sends the headers that the user types, with a query and with a subscription', async () => {
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
    await run(closed.url, '{ viewer { role } }', '"OPERATOR"', headers);
    await page.context().close();
    await run(closed.url, CHAT, '"COMPLETE"', headers);
  });
});
