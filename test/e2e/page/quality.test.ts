import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { type FakeProvider, startFakeProvider } from '../../support/fake-provider.ts';
import { addText, answer, answerText, ask, describePage, openPage, page, problems, TEXT } from '../../support/page.ts';

describePage(() => {
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
      await addText('Bridge', TEXT);
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
