import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { startApp, type TestApp } from './app.ts';
import { CHROMIUM, INSTALL_CHROMIUM, launchChromium, newPage } from './chromium.ts';
import { describeWith } from './services.ts';

/** A document with letters of one to four bytes, in two languages. */
export const TEXT =
  '# Brücken\n\nDie alte Brücke 🌉. The old bridge was built in 1932 by Anna Meyer. It is 200 metres long.\n\n老桥建于1932年，长二百米。新桥在它的旁边。';

let browser: Browser;
/** The page that `openPage` opened last. It is closed after the test. */
export let page: Page;
/** What the browser complained about since `openPage`. */
export const problems: string[] = [];

/** A suite of the page, skipped by name where there is no Chromium. All tests of a file share one browser. */
export const describePage = (suite: () => void) =>
  describeWith('the page, in Chromium', CHROMIUM !== undefined, INSTALL_CHROMIUM, () => {
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());
    afterEach(() => page?.context().close());
    suite();
  });

/** Tests on one server that answers from documents by itself. Each test begins on a page, and must leave no complaint. */
export const describeBuiltIn = (suite: (app: () => TestApp) => void) =>
  describe('with the built-in answerer', () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp({ PARLEY_ENV: 'development' });
    });
    afterAll(() => app?.remove());
    beforeEach(() => openPage(app.url));
    afterEach(() => expect(problems).toEqual([]));
    suite(() => app);
  });

/** Opens the address in a context of its own, and keeps the browser's complaints. The test removes the expected ones. */
export async function openPage(url: string, options: BrowserContextOptions = { locale: 'en-US' }): Promise<void> {
  problems.splice(0);
  page = await newPage(browser, options);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(url);
}

/** The last answer of the conversation. */
export const answer = () => page.locator('.message.assistant').last();
export const answerText = () => answer().locator('.content').textContent();

/** Sends the question, and does not wait for its answer. */
export async function send(question: string): Promise<void> {
  await page.getByLabel('Your message').fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** Waits until so many answers are complete. */
export const answered = (count = 1) =>
  page
    .locator('.message.assistant:not(.streaming) .actions')
    .nth(count - 1)
    .waitFor();

/** Sends the question, and waits until its answer is complete. */
export async function ask(question: string): Promise<void> {
  const before = await page.locator('.message.assistant').count();
  await send(question);
  await answered(before + 1);
}

/** Presses the button in the dialog that asks whether the user is sure. */
export const confirm = (name: string) => page.locator('#ask').getByRole('button', { name }).click();

/** Adds a text as a document, and waits until the list shows it. */
export async function addText(title: string, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Add documents' }).first().click();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Text', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('#documents').getByText(title, { exact: true }).waitFor();
}
