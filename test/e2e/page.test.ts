import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { describeWith } from '../support/services.ts';
import { startTunnel } from '../support/tunnel.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const TEXT =
  '# Brücken\n\nDie alte Brücke 🌉. The old bridge was built in 1932 by Anna Meyer. It is 200 metres long.\n\n老桥建于1932年，长二百米。新桥在它的旁边。';

describeWith('the page, in Chromium', CHROMIUM !== undefined, 'install chromium: apt-get install chromium', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    app = await startApp({ PARLEY_ENV: 'development', LOG_LEVEL: 'silent' });
    browser = await chromium.launch({ executablePath: CHROMIUM as string, args: QUIET });
  });
  afterAll(async () => {
    await browser?.close();
    await app?.remove();
  });
  beforeEach(async () => {
    problems.splice(0);
    page = await browser.newPage({ locale: 'en-US' });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(app.url);
    return () => page.close();
  });

  const addText = async (title: string, text: string) => {
    await page.getByRole('button', { name: 'Add a text' }).click();
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Text', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('#documents').getByText(title, { exact: true }).waitFor();
  };
  const ask = async (question: string) => {
    await page.getByLabel('Your message').fill(question);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message.assistant:not(.streaming) .actions').last().waitFor();
    return page.locator('.message.assistant').last();
  };

  test.each([
    ['When was the old bridge built?', 'The old bridge was built in 1932 by Anna Meyer.'],
    ['老桥建于哪一年？', '老桥建于1932年，长二百米。'],
  ])('a text of one’s own answers %s, and the citation shows the very characters', async (question, quote) => {
    await addText(`Bridges ${quote.length}`, TEXT);
    const answer = await ask(question);
    expect(await answer.locator('.content').textContent()).toContain(quote);
    await answer.getByRole('button', { name: /^Source 1/ }).click();
    expect(await page.locator('#source mark').textContent()).toBe(quote);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(problems).toEqual([]);
  });

  test('what was said is there after a reload, and is rated, regenerated and deleted', async () => {
    await addText('Kettle', 'The kettle of the office stands on the third floor.');
    const answer = await ask('Where does the kettle stand?');
    await answer.getByRole('button', { name: 'A good answer' }).click();
    await page.reload();
    const again = page.locator('.message.assistant').last();
    await again.locator('.actions').waitFor();
    expect(await again.locator('.content').textContent()).toContain('third floor');
    expect(await again.getByRole('button', { name: 'A good answer' }).getAttribute('aria-pressed')).toBe('true');
    await again.getByRole('button', { name: 'Another answer' }).click();
    await page.locator('.message.assistant:not(.streaming) .actions').last().waitFor();
    expect(await page.locator('.message.assistant').count()).toBe(1);
    page.on('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: 'Delete: Where does the kettle stand?' }).click({ force: true });
    await page.locator('#conversations').getByText('Where does the kettle stand?').waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  test('what anybody wrote stays text', async () => {
    const hostile = '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>';
    await addText(hostile, `The secret word is ${hostile} and it stays.`);
    const answer = await ask(`What is the secret word ${hostile}?`);
    await answer.getByRole('button', { name: /^Source 1/ }).click();
    expect(await page.locator('main img, main script, dialog img').count()).toBe(0);
    expect(await page.title()).toBe('Parley');
    expect(problems).toEqual([]);
  });

  test('an answer streams, survives a lost connection, and can be stopped', async () => {
    const provider: FakeProvider = await startFakeProvider();
    const text = Array.from({ length: 150 }, (_, index) => `word${index} `).join('');
    provider.respond(() => ({ text, chunkSize: 7, delayMs: 15 }));
    const streaming = await startApp({
      PARLEY_ENV: 'development',
      MODEL_BALANCED: 'openai-compatible:slow',
      OPENAI_BASE_URL: provider.url,
    });
    const tunnel = await startTunnel(Number(new URL(streaming.url).port));
    await page.goto(tunnel.url);
    await page.getByLabel('Your message').fill('Go on');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message.assistant .content', { hasText: 'word10 ' }).waitFor();
    tunnel.cut();
    await page.locator('.message.assistant:not(.streaming) .actions').waitFor();
    expect(await page.locator('.message.assistant .content').textContent()).toBe(text);

    await page.getByLabel('Your message').fill('Go on again');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.message.assistant .content', { hasText: 'word5 ' }).nth(1).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.message.assistant:not(.streaming)').nth(1).getByText('Stopped.').waitFor();
    await tunnel.close();
    await streaming.remove();
    await provider.close();
  });

  test('speaks Chinese to who reads it, and asks for a key where one is needed', async () => {
    const context = await browser.newContext({ locale: 'zh-CN' });
    const chinese = await context.newPage();
    await chinese.goto(app.url);
    await chinese.getByRole('button', { name: '添加文本' }).waitFor();
    const closed = await startApp();
    await chinese.goto(closed.url);
    await chinese.getByLabel('API 密钥', { exact: true }).fill('operator-key-0123456789abcdef0123456789abcdef');
    await chinese.getByRole('button', { name: '进入' }).click();
    await chinese.getByLabel('您的消息').fill('你好');
    await chinese.getByRole('button', { name: '发送' }).click();
    await chinese.locator('.message.assistant .actions').waitFor();
    await context.close();
    await closed.remove();
  });
});
