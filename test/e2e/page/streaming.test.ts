import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { type FakeProvider, startFakeProvider } from '../../support/fake-provider.ts';
import { answer, answered, answerText, ask, describePage, openPage, page, send } from '../../support/page.ts';
import { startTunnel, type Tunnel } from '../../support/tunnel.ts';

describePage(() => {
  describe('with a model that takes its time', () => {
    const WORDS = Array.from({ length: 150 }, (_, index) => `word${index} ${index % 10 === 9 ? '\n' : ''}`).join('');
    let provider: FakeProvider;
    let app: TestApp;
    let tunnel: Tunnel;
    /** The model waits before its next token where it has said so many: until the page has shown them. */
    let most: number;
    const gate = async (tokens: number) => {
      while (tokens >= most) await sleep(10);
    };
    beforeAll(async () => {
      provider = await startFakeProvider();
      const model = {
        ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url },
        MODEL_TOKEN_TIMEOUT: '120000',
      };
      app = await startApp({ PARLEY_ENV: 'development', ...model });
      tunnel = await startTunnel(Number(new URL(app.url).port));
    });
    afterAll(async () => {
      await tunnel?.close();
      await app?.remove();
      await provider?.close();
    });
    beforeEach(async () => {
      most = Number.POSITIVE_INFINITY;
      provider.respond(() => ({ text: WORDS, chunkSize: 7, delayMs: 10, gate }));
      await openPage(tunnel.url);
    });
    const streamed = (text: string) => page.locator('.message.streaming .content', { hasText: text }).waitFor();

    test('an answer streams, and continues after a lost connection', async () => {
      most = 25;
      const cursors: unknown[] = [];
      page.on('request', (request) => {
        const { query, variables } = request.method() === 'POST' ? request.postDataJSON() : {};
        if (query?.includes('generation(id:')) cursors.push(variables.after);
      });
      await send('Go on');
      await streamed('word10 ');
      tunnel.down = true;
      await page.getByRole('status').getByText('Connection lost').waitFor();
      tunnel.down = false;
      most = 90;
      await streamed('word80 ');
      tunnel.cut();
      most = Number.POSITIVE_INFINITY;
      await answered();
      expect(await answerText()).toBe(WORDS);
      expect(await page.getByRole('status').textContent()).toBe('');
      expect(cursors.length).toBeGreaterThanOrEqual(2);
      expect(cursors.every((cursor) => typeof cursor === 'string')).toBe(true);
      expect(provider.calls.length).toBe(1);
    });

    test('a question whose sending was lost is sent again, and answered once', async () => {
      const before = provider.calls.length;
      let lost = 0;
      await page.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('chat(') || lost++ > 1) return route.continue();
        if (lost === 2) await route.fetch({ timeout: 300 }).catch(() => undefined); // it arrives, its answer does not
        return route.abort();
      });
      await send('Once');
      await answered();
      expect(await answerText()).toBe(WORDS);
      expect(lost).toBe(3);
      expect(provider.calls.length).toBe(before + 1);
    });

    test('the question is kept while the server is unreachable', async () => {
      await page.context().setOffline(true);
      await send('Do not lose me');
      await page.getByRole('status').getByText('cannot be reached').waitFor();
      expect(await page.getByLabel('Your message').inputValue()).toBe('Do not lose me');
      expect(await page.locator('.message').count()).toBe(0);
    });

    test('branches are switched at a question and at an answer, and stay so', async () => {
      let calls = 0;
      provider.respond(() => {
        calls += 1;
        return { text: `Answer ${calls}.` };
      });
      const shown = async () => (await page.locator('.message .content').allTextContents()).join(' | ');
      const way = (where: string, name: string) => page.locator(where).getByRole('button', { name });
      await ask('One');
      await ask('Two');
      const question = page.locator('.message.user').last();
      await question.hover();
      await question.getByRole('button', { name: 'Edit' }).click();
      await question.getByLabel('Edit').fill('Two again');
      await question.getByRole('button', { name: 'Ask' }).click();
      await expect.poll(shown).toBe('One | Answer 1. | Two again | Answer 3.');
      await answered(2);
      await way('.message.user', 'The branch before').click();
      await expect.poll(shown).toBe('One | Answer 1. | Two | Answer 2.');
      await page.reload();
      await answered(2);
      expect(await shown()).toBe('One | Answer 1. | Two | Answer 2.');
      expect(await page.locator('.message.user .branches').textContent()).toBe('1/2');
      await answer().getByRole('button', { name: 'Another answer' }).click();
      await expect.poll(shown).toBe('One | Answer 1. | Two | Answer 4.');
      await answered(2);
      expect(await answer().locator('.branches').textContent()).toBe('2/2');
      await way('.message.assistant', 'The branch before').click();
      await expect.poll(shown).toBe('One | Answer 1. | Two | Answer 2.');
      await way('.message.user', 'The next branch').click();
      await expect.poll(shown).toBe('One | Answer 1. | Two again | Answer 3.');
    });

    test.each([
      ['length', 'reached its limit'],
      ['content_filter', 'content filter cut it off'],
    ] as const)(
      'an answer that ended with %s says that it is not whole, and what the model thought is apart from it',
      async (finish, note) => {
        provider.respond(() => ({ text: 'Half an', reasoning: 'Let me think.', finish }));
        await ask('Tell me');
        for (const look of ['live', 'stored']) {
          if (look === 'stored') await page.reload();
          await answer().getByText(note).waitFor();
          expect(await answer().locator('> .content').textContent()).toBe('Half an');
          await answer().getByText('What the model thought').click();
          await answer().getByText('Let me think.').waitFor();
        }
      },
    );

    test('the user stops an answer', async () => {
      most = 25;
      await send('Much too long');
      await streamed('word5 ');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await answer().getByText('Stopped.').waitFor();
      const text = await answerText();
      expect(WORDS.startsWith(text ?? '-') && text !== WORDS).toBe(true);
      await page.reload();
      await answer().getByText('Stopped.').waitFor();
      expect(await answerText()).toBe(text);
    });

    test('an input method takes its own Enter; after sending and stopping the focus is in the field', async () => {
      const field = page.getByLabel('Your message');
      await field.fill('你好');
      // Safari's last Enter of a composition, which says of itself that it is none of it
      await field.evaluate((element) =>
        element.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }),
        ),
      );
      expect(await field.inputValue()).toBe('你好');
      most = 20;
      await page.getByRole('button', { name: 'Send' }).press('Enter');
      await streamed('word5 ');
      const focused = () => page.evaluate(() => document.activeElement?.id);
      expect(await focused()).toBe('content');
      await page.getByRole('button', { name: 'Stop' }).press('Enter');
      await answered();
      expect(await focused()).toBe('content');
    });

    test('a tab that is looked at again shows what another one sent', async () => {
      await ask('From the one');
      const other = await page.context().newPage();
      await other.goto(page.url());
      await other.locator('.message.assistant .actions').waitFor();
      await ask('From the one again');
      await other.evaluate(() => dispatchEvent(new Event('focus')));
      await expect.poll(() => other.locator('.message').count()).toBe(4);
      expect(await other.locator('.message.user').last().textContent()).toBe('From the one again');
    });

    test('a user who leaves and returns finds the answer streaming', async () => {
      most = 25;
      await send('Wait for me');
      await streamed('word5 ');
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByRole('heading', { name: 'Ask your own documents' }).waitFor();
      await page.getByRole('button', { name: 'Send' }).waitFor();
      await page.locator('#conversations').getByRole('button', { name: 'Wait for me', exact: true }).click();
      most = 60;
      await streamed('word20 ');
      await page.reload();
      most = Number.POSITIVE_INFINITY;
      await answered();
      expect(await answerText()).toBe(WORDS);
      expect(await page.locator('.message').count()).toBe(2);
    });

    test('a long answer is shown in blocks, and is whole', async () => {
      const long = Array.from({ length: 400 }, (_, index) => `line ${index} of a long answer, 一行\n`).join('');
      provider.respond(() => ({ text: long, chunkSize: 50, gate }));
      most = 150;
      await send('At length');
      await page.locator('.message.streaming .content > div').nth(2).waitFor();
      const shown = (await answerText()) ?? '';
      expect(shown).toBe(long.slice(0, shown.length));
      most = Number.POSITIVE_INFINITY;
      await answered();
      expect(await answerText()).toBe(long);
    });

    test('a model’s failure is shown, and the user retries', async () => {
      provider.respond(() => ({ status: 400 }));
      await send('Fail');
      await answer().locator('.error').waitFor();
      provider.respond(() => ({ text: 'All is well.' }));
      await answer().getByRole('button', { name: 'Another answer' }).click();
      await page.locator('.message.assistant', { hasText: 'All is well.' }).locator('.actions').waitFor();
      expect(await answer().locator('.error').count()).toBe(0);
    });
  });
});
