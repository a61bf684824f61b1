import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { CHROMIUM, INSTALL_CHROMIUM, launchChromium } from '../support/chromium.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { describeWith } from '../support/services.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

/** A busy machine takes longer than the second that a poll gets by default. */
const PATIENCE = { timeout: 10_000 };
const TEXT =
  '# Brücken\n\nDie alte Brücke 🌉. The old bridge was built in 1932 by Anna Meyer. It is 200 metres long.\n\n老桥建于1932年，长二百米。新桥在它的旁边。';

describeWith('the page, in Chromium', CHROMIUM !== undefined, INSTALL_CHROMIUM, () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(() => page?.context().close());

  /** Keeps the browser's complaints. The test removes the expected ones. */
  const openPage = async (url: string, options: BrowserContextOptions = { locale: 'en-US' }) => {
    problems.splice(0);
    page = await (await browser.newContext(options)).newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(url);
  };
  const answer = () => page.locator('.message.assistant').last();
  const answerText = () => answer().locator('.content').textContent();
  const type = async (question: string) => {
    await page.getByLabel('Your message').fill(question);
    await page.getByRole('button', { name: 'Send' }).click();
  };
  const answered = (count = 1) =>
    page
      .locator('.message.assistant:not(.streaming) .actions')
      .nth(count - 1)
      .waitFor();
  const ask = async (question: string) => {
    const before = await page.locator('.message.assistant').count();
    await type(question);
    await answered(before + 1);
  };
  const confirm = (name: string) => page.locator('#ask').getByRole('button', { name }).click();

  describe('with the built-in answerer', () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp({ PARLEY_ENV: 'development' });
    });
    afterAll(() => app?.remove());
    beforeEach(() => openPage(app.url));
    afterEach(() => expect(problems).toEqual([]));

    const addText = async (title: string, text: string) => {
      await page.getByRole('button', { name: 'Add documents' }).first().click();
      await page.getByLabel('Title').fill(title);
      await page.getByLabel('Text', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.locator('#documents').getByText(title, { exact: true }).waitFor();
    };
    const quoted = async () => {
      await answer()
        .getByRole('button', { name: /^Source 1/ })
        .click();
      const text = await page.locator('#source mark').textContent();
      await page.getByRole('button', { name: 'Close' }).click();
      return text;
    };

    test.each([
      ['When was the old bridge built?', 'The old bridge was built in 1932 by Anna Meyer.'],
      ['老桥建于哪一年？', '老桥建于1932年，长二百米。'],
    ])('a text of one’s own answers %s, and the citation shows the very characters', async (question, quote) => {
      await addText(`Bridges ${quote.length}`, TEXT);
      await ask(question);
      expect(await answerText()).toContain(quote);
      await answer()
        .getByRole('button', { name: /^Source 1/ })
        .click();
      expect(await page.locator('#source mark').textContent()).toBe(quote);
      expect(await page.locator('#source-title').textContent()).toMatch(/^Bridges \d+$/);
      expect(await page.locator('#source-heading').textContent()).toMatch(/^Brücken/);
      expect(TEXT).toContain(await page.locator('#source-text').textContent());
    });

    test('a citation’s mark follows the supported words', async () => {
      await addText('Piano', 'The piano of the hall was tuned by Ada Quill.');
      await ask('Who tuned the piano of the hall?');
      const before = await answer()
        .locator('.cite')
        .first()
        .evaluate((mark) => mark.previousSibling?.textContent);
      expect(before).toMatch(/The piano of the hall was tuned by Ada Quill\.$/);
    });

    test('a new upload of the same name offers to replace the former', async () => {
      const uploadText = async (text: string) => {
        await page.getByRole('button', { name: 'Add documents' }).first().click();
        const buffer = Buffer.from(text);
        await page.getByLabel('Files').setInputFiles([{ name: 'tariff.txt', mimeType: 'text/plain', buffer }]);
        await page.locator('#add').waitFor({ state: 'hidden' });
      };
      const items = page.locator('#documents li', { hasText: 'tariff' });
      await uploadText('The harbour fee is 40 euro.');
      await items.getByText('1 passage').waitFor();
      await uploadText('The harbour fee is 45 euro.');
      await page.locator('#ask').getByText('There is a document “tariff” already').waitFor();
      await confirm('Replace');
      await expect.poll(() => items.count(), PATIENCE).toBe(1);
      await ask('What is the harbour fee?');
      expect(await answerText()).toContain('45 euro');
    });

    test('files are uploaded and dropped, whatever they are written in; what cannot be read says why; a document is deleted', async () => {
      const chinese = Buffer.from('b2e8ced2b9abcbbec4a3d0cd', 'hex'); // GB 18030
      await page.getByRole('button', { name: 'Add documents' }).first().click();
      await page.getByLabel('Files').setInputFiles([
        { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('The ferry to Bergen leaves at nine. 🌉') },
        { name: 'windows.txt', mimeType: 'text/plain', buffer: chinese },
        { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 and no more') },
      ]);
      await page.locator('#add').waitFor({ state: 'hidden' });
      const item = (title: string) => page.locator('#documents li', { hasText: title });
      await item('windows').getByText('1 passage').waitFor();
      await item('broken').locator('.reason').waitFor();
      expect(await item('broken').locator('.reason').textContent()).toMatch(/PDF/);
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['The lighthouse of Skagen was painted by Ida Krog.'], 'lighthouse.txt'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      });
      await item('lighthouse').getByText('1 passage').waitFor();
      await ask('Who painted the lighthouse of Skagen?');
      expect(await answerText()).toContain('Ida Krog');
      await item('notes').hover();
      await item('notes').getByRole('button', { name: 'Delete: notes' }).click();
      await confirm('Delete');
      await item('notes').waitFor({ state: 'detached' });
    });

    test('the page follows few documents at once, without polling each again and again', async () => {
      await page.evaluate(() => {
        const counts = { open: 0, most: 0, streams: 0, lists: 0 };
        const { fetch } = window;
        window.fetch = async (input, init) => {
          const body = String(init?.body);
          if (body.includes('documents(first')) counts.lists += 1;
          if (!body.includes('documentProgress')) return fetch(input, init);
          counts.streams += 1;
          counts.open += 1;
          counts.most = Math.max(counts.most, counts.open);
          const { body: stream, headers } = await fetch(input, init);
          const flush = () => {
            counts.open -= 1;
          };
          return new Response(stream?.pipeThrough(new TransformStream({ flush })), { headers });
        };
        Object.assign(window, { counts });
      });
      await page.getByRole('button', { name: 'Add documents' }).first().click();
      const files = Array.from({ length: 8 }, (_, number) => ({
        name: `followed-${number}.txt`,
        mimeType: 'text/plain',
        buffer: Buffer.from(`The boat number ${number} lies in the harbour.\n`.repeat(20_000)),
      }));
      await page.getByLabel('Files').setInputFiles(files);
      await page.locator('#add').waitFor({ state: 'hidden' });
      for (const { name } of files)
        await page
          .locator('#documents li', { hasText: name.slice(0, -4) })
          .getByText(/^\d{3} passages$/)
          .waitFor();
      const { most, open, streams, lists } = await page.evaluate(() => Reflect.get(window, 'counts'));
      expect(streams).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(2);
      expect(open).toBe(0);
      // One query of the list for each file.
      expect(lists).toBeLessThanOrEqual(files.length);
    });

    test('messages are there after a reload, with rating and regeneration', async () => {
      await addText('Kettle', 'The kettle of the office stands on the third floor.');
      await ask('Where does the kettle stand?');
      await answer().getByRole('button', { name: 'A good answer' }).click();
      await answer().locator('[aria-pressed="true"]').waitFor();
      await page.reload();
      await answered();
      expect(await answerText()).toContain('third floor');
      expect(await quoted()).toBe('The kettle of the office stands on the third floor.');
      const rating = answer().getByRole('button', { name: 'A good answer' });
      expect(await rating.getAttribute('aria-pressed')).toBe('true');
      await answer().getByRole('button', { name: 'Another answer' }).click();
      await answer().locator('[aria-pressed="true"]').waitFor({ state: 'detached' });
      await answered();
      expect(await page.locator('.message.assistant').count()).toBe(1);
      expect(await answerText()).toContain('third floor');
    });

    test('a question is edited in place; conversations are renamed, chosen, gone back to and deleted', async () => {
      await addText('Lamp and door', 'The lamp of the porch is green. The door of the porch is blue.');
      await ask('What colour is the lamp of the porch?');
      await ask('And thanks');
      const question = page.locator('.message.user').first();
      await question.hover();
      await question.getByRole('button', { name: 'Edit' }).click();
      await question.getByLabel('Edit').fill('What colour is the door of the porch?');
      await question.getByRole('button', { name: 'Ask' }).click();
      // The former answer may quote the door too: it is the messages after the question that must go.
      await page.locator('.message').nth(2).waitFor({ state: 'detached' });
      await page.locator('.message.assistant', { hasText: 'The door of the porch is blue' }).waitFor();
      await answered();
      expect(await page.locator('.message').count()).toBe(2);
      await page.reload();
      await answered();
      expect(await question.locator('.content').textContent()).toBe('What colour is the door of the porch?');

      const item = page.locator('#conversations li').first();
      await item.hover();
      await item.getByRole('button', { name: /^Rename/ }).click();
      await page.getByRole('textbox', { name: 'New title' }).fill('Of porches');
      await confirm('Rename');
      await page.locator('#conversations').getByText('Of porches').waitFor();
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByRole('heading', { name: 'Ask your own documents' }).waitFor();
      await page.goBack();
      await answered();
      await item.hover();
      await item.getByRole('button', { name: 'Delete: Of porches' }).click();
      await confirm('Cancel');
      await item.getByRole('button', { name: 'Delete: Of porches' }).click();
      await confirm('Delete');
      await page.locator('#conversations').getByText('Of porches').waitFor({ state: 'detached' });
      expect(await page.locator('.message').count()).toBe(0);
    });

    test('users’ text stays text', async () => {
      const hostile = '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>';
      await addText(hostile, `# ${hostile}\n\nThe secret word is ${hostile} and it stays.`);
      await ask(`What is the secret word ${hostile}?`);
      await answer()
        .getByRole('button', { name: /^Source 1/ })
        .click();
      expect(await page.locator('#source').textContent()).toContain(hostile);
      expect(await page.locator('main img, main script, dialog img, #side li img').count()).toBe(0);
      expect(await page.title()).toBe('Parley');
    });

    test('an address that names no conversation of the viewer’s says so', async () => {
      await page.goto(`${app.url}/#Q29udmVyc2F0aW9uOm5vcGU%3D`);
      await page
        .getByRole('status')
        .getByText(/no such|not/i)
        .waitFor();
      await page.getByRole('heading', { name: 'Ask your own documents' }).waitFor();
    });
  });

  describe('with a model that takes its time', () => {
    const WORDS = Array.from({ length: 150 }, (_, index) => `word${index} ${index % 10 === 9 ? '\n' : ''}`).join('');
    let provider: FakeProvider;
    let app: TestApp;
    let tunnel: Tunnel;
    beforeAll(async () => {
      provider = await startFakeProvider();
      const model = { MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url };
      app = await startApp({ PARLEY_ENV: 'development', ...model });
      tunnel = await startTunnel(Number(new URL(app.url).port));
    });
    afterAll(async () => {
      await tunnel?.close();
      await app?.remove();
      await provider?.close();
    });
    beforeEach(async () => {
      provider.respond(() => ({ text: WORDS, chunkSize: 7, delayMs: 10 }));
      await openPage(tunnel.url);
    });
    const streamed = (text: string) => page.locator('.message.streaming .content', { hasText: text }).waitFor();

    test('an answer streams, and continues after a lost connection', async () => {
      provider.respond(() => ({ text: WORDS, chunkSize: 7, delayMs: 25 }));
      const cursors: unknown[] = [];
      page.on('request', (request) => {
        const { query, variables } = request.method() === 'POST' ? request.postDataJSON() : {};
        if (query?.includes('generation(id:')) cursors.push(variables.after);
      });
      await type('Go on');
      await streamed('word10 ');
      tunnel.cut();
      await page.getByRole('status').getByText('Connection lost').waitFor();
      await streamed('word80 ');
      tunnel.cut();
      await answered();
      expect(await answerText()).toBe(WORDS);
      expect(await page.getByRole('status').textContent()).toBe('');
      expect(cursors).toEqual([expect.any(String), expect.any(String)]);
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
      await type('Once');
      await answered();
      expect(await answerText()).toBe(WORDS);
      expect(lost).toBe(3);
      expect(provider.calls.length).toBe(before + 1);
    });

    test('the question is kept while the server is unreachable', async () => {
      await page.context().setOffline(true);
      await type('Do not lose me');
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
      await question.getByLabel('Edit').fill('Two anew');
      await question.getByRole('button', { name: 'Ask' }).click();
      await expect.poll(shown, PATIENCE).toBe('One | Answer 1. | Two anew | Answer 3.');
      await answered(2);
      await way('.message.user', 'The branch before').click();
      await expect.poll(shown, PATIENCE).toBe('One | Answer 1. | Two | Answer 2.');
      await page.reload();
      await answered(2);
      expect(await shown()).toBe('One | Answer 1. | Two | Answer 2.');
      expect(await page.locator('.message.user .branches').textContent()).toBe('1/2');
      await answer().getByRole('button', { name: 'Another answer' }).click();
      await expect.poll(shown, PATIENCE).toBe('One | Answer 1. | Two | Answer 4.');
      await answered(2);
      expect(await answer().locator('.branches').textContent()).toBe('2/2');
      await way('.message.assistant', 'The branch before').click();
      await expect.poll(shown, PATIENCE).toBe('One | Answer 1. | Two | Answer 2.');
      await way('.message.user', 'The next branch').click();
      await expect.poll(shown, PATIENCE).toBe('One | Answer 1. | Two anew | Answer 3.');
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
      await type('Much too long');
      await streamed('word5 ');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await answer().getByText('Stopped.').waitFor();
      const text = await answerText();
      expect(WORDS.startsWith(text ?? '-') && text !== WORDS).toBe(true);
      await page.reload();
      await answer().getByText('Stopped.').waitFor();
      expect(await answerText()).toBe(text);
    });

    test('a user who leaves and returns finds the answer streaming', async () => {
      await type('Wait for me');
      await streamed('word5 ');
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByRole('heading', { name: 'Ask your own documents' }).waitFor();
      await page.getByRole('button', { name: 'Send' }).waitFor();
      await page.locator('#conversations').getByRole('button', { name: 'Wait for me', exact: true }).click();
      await streamed('word20 ');
      await page.reload();
      await answered();
      expect(await answerText()).toBe(WORDS);
      expect(await page.locator('.message').count()).toBe(2);
    });

    test('a long answer is shown in blocks, and is whole', async () => {
      const long = Array.from({ length: 400 }, (_, index) => `line ${index} of a long answer, 一行\n`).join('');
      provider.respond(() => ({ text: long, chunkSize: 50, delayMs: 10 }));
      await type('At length');
      await page.locator('.message.streaming .content > div').nth(2).waitFor();
      const shown = (await answerText()) ?? '';
      expect(shown).toBe(long.slice(0, shown.length));
      await answered();
      expect(await answerText()).toBe(long);
    });

    test('a model’s failure is shown, and the user retries', async () => {
      provider.respond(() => ({ status: 400 }));
      await type('Fail');
      await answer().locator('.error').waitFor();
      provider.respond(() => ({ text: 'All is well.' }));
      await answer().getByRole('button', { name: 'Another answer' }).click();
      await page.locator('.message.assistant', { hasText: 'All is well.' }).locator('.actions').waitFor();
      expect(await answer().locator('.error').count()).toBe(0);
    });
  });

  test('the page speaks Chinese to Chinese readers, asks for a key if one is needed, and fits a phone', async () => {
    const app = await startApp();
    await openPage(app.url, { locale: 'zh-CN', viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
    const key = page.getByLabel('API 密钥', { exact: true });
    await key.fill('not-a-key-0123456789abcdef0123456789abcdef');
    await page.getByRole('button', { name: '进入' }).click();
    await page.getByText('此密钥无效').waitFor();
    await page.keyboard.press('Escape');
    await key.fill(OPERATOR_KEY);
    await page.getByRole('button', { name: '进入' }).click();
    await page.getByLabel('您的消息').fill('你好');
    await page.getByRole('button', { name: '发送' }).click();
    await answered();
    await page.getByRole('button', { name: '对话和文档' }).click();
    await page.getByRole('button', { name: '添加文档' }).first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await app.remove();
  });

  describe('with the judge', () => {
    let app: TestApp;
    let provider: FakeProvider;
    beforeAll(async () => {
      provider = await startFakeProvider();
      const model = { MODEL_BALANCED: 'openai-compatible:judged', OPENAI_BASE_URL: provider.url };
      const judge = { ENABLE_QUALITY_EVALUATION: 'true', ENABLE_QUALITY_REPAIR: 'true', QUALITY_MINIMUM: '0.4' };
      app = await startApp({ PARLEY_ENV: 'development', ...judge, ...model });
    });
    afterAll(async () => {
      await app?.remove();
      await provider?.close();
    });

    test('the answer’s score is shown and the unsupported sentence marked, then and after a reload', async () => {
      provider.respond(() => ({ text: 'The old bridge was built in 1932. It is 200 feet long.' }));
      await openPage(app.url);
      await page.getByRole('button', { name: 'Add documents' }).first().click();
      await page.getByLabel('Title').fill('Bridge');
      await page.getByLabel('Text', { exact: true }).fill(TEXT);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.locator('#documents').getByText('Bridge', { exact: true }).waitFor();
      await ask('When was the old bridge built and how long is it?');
      const looksJudged = async () => {
        await answer().locator('.unsupported').waitFor();
        expect(await answer().locator('.unsupported').allTextContents()).toEqual(['It is 200 feet long.']);
        expect(await answer().locator('.score').textContent()).toMatch(/^Quality \d+ %$/);
        await answer().locator('.score').click();
        expect(await answer().locator('.advice').textContent()).toBe('Says "200 feet", the source says "200 metres".');
        expect(await answerText()).toMatch(/^The old bridge was built in 1932\.\d* It is 200 feet long\.\d*$/);
      };
      await looksJudged();
      await page.reload();
      await looksJudged();
      expect(problems).toEqual([]);
    });

    test('an answer that fell short is tried again, and the better one is shown', async () => {
      const texts = ['Penguins are flightless seabirds that eat mostly krill.', 'The old bridge was built in 1932.'];
      provider.respond(() => ({ text: texts.shift() ?? 'no third try was prepared' }));
      await openPage(app.url);
      await ask('When was the old bridge built?');
      await answer().getByText('The old bridge was built in 1932.').waitFor();
      expect(await page.locator('.message.assistant').count()).toBe(1);
      expect(problems).toEqual([]);
    });
  });
});
