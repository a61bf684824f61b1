import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { type FakeProvider, startFakeProvider } from '../../support/fake-provider.ts';
import { addText, answer, answerText, ask, describePage, openPage, page, problems } from '../../support/page.ts';

const SENTENCE = 'The old bridge was built in 1932 by Anna Meyer.';
const ALL = `# Bridges

Some **bold**, *thin* and \`code\`. **注意：**请看[说明](https://example.org/a)，或 https://example.org/b，谢谢。

\`\`\`python
def f(x):
    return x * 2  # <b>**not bold**</b>
\`\`\`

| year | who |
|---|---|
| 1932 | Anna |

1. first
2. second
   - **${SENTENCE}**

> quoted

It costs 5~10 and 3~4, or $a_1 * b_2 * c$.

[bad](javascript:alert(1)) <img src=x onerror=alert(2)> ![picture](https://example.org/p.png)`;

describePage(() => {
  let provider: FakeProvider;
  let app: TestApp;
  const say = async (text: string) => {
    provider.respond(() => ({ text, chunkSize: 9 }));
    await ask('Tell me about the old bridge');
  };
  beforeAll(async () => {
    provider = await startFakeProvider();
    const model = { MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url };
    app = await startApp({ PARLEY_ENV: 'development', ...model });
  });
  afterAll(async () => {
    await app?.remove();
    await provider?.close();
  });

  test('an answer in Markdown has headings, code, tables, lists and links, its citations, and nothing that runs', async () => {
    await openPage(app.url);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await addText('Bridge', SENTENCE);
    await say(ALL);
    const content = answer().locator('.content');
    const all = (selector: string) => content.locator(selector).allTextContents();
    expect(await all('h3')).toEqual(['Bridges']);
    expect(await all('p strong')).toEqual(['bold', '注意：']);
    expect(await all('pre code')).toEqual(['def f(x):\n    return x * 2  # <b>**not bold**</b>']);
    expect(await all('td')).toEqual(['1932', 'Anna']);
    expect(await all('ol > li > ul > li strong')).toEqual([expect.stringContaining(SENTENCE)]);
    expect(await all('.math')).toEqual(['$a_1 * b_2 * c$']);
    expect(await all('del, em')).toEqual(['thin']);
    const links = await content
      .locator('a')
      .evaluateAll((found) => found.map((link) => [link.textContent, link.getAttribute('href')]));
    expect(links).toEqual([
      ['说明', 'https://example.org/a'],
      ['https://example.org/b', 'https://example.org/b'],
      ['picture', 'https://example.org/p.png'],
    ]);
    const text = (await answerText()) ?? '';
    expect(text).toContain('[bad](javascript:alert(1)) <img src=x onerror=alert(2)>');
    // The mark follows the words that the source bears out, within the list.
    expect(await content.locator('li .cite').allTextContents()).toEqual(['1']);
    expect(text).toContain(`${SENTENCE}1`);
    expect(await content.locator('img, script').count()).toBe(0);
    expect(asked.filter((url) => !url.startsWith(app.url))).toEqual([]);
    await page.reload();
    await content.locator('h3').waitFor();
    expect(await answerText()).toBe(text);
    expect(problems).toEqual([]);
  });

  test('text without Markdown, or nested so deeply that it cannot be read, is shown as it stands', async () => {
    await openPage(app.url);
    for (const text of ['Two lines\nof 2 * 3 * 4, and a < b.\n\n\n  The end.', `${'> '.repeat(20_000)}deep`]) {
      await say(text);
      expect(await answerText()).toBe(text);
    }
    expect(problems).toEqual([]);
  });
});
