import { expect, test } from 'vitest';
import {
  addText,
  answer,
  answerText,
  ask,
  confirm,
  describeBuiltIn,
  describePage,
  page,
  TEXT,
} from '../../support/page.ts';

describePage(() => {
  describeBuiltIn(() => {
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
      await expect.poll(() => items.count()).toBe(1);
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
      // A folder, as a browser has it where one is dropped: it is read in parts, and what is hidden is left out.
      await page.evaluate(() => {
        const file = (name: string) => ({
          ...{ isFile: true, name },
          file: (done: (file: File) => void) => done(new File([`The text of ${name}.`], name)),
        });
        const folder = (name: string, parts: unknown[][]) => ({
          ...{ isFile: false, name },
          createReader: () => ({ readEntries: (done: (entries: unknown[]) => void) => done(parts.shift() ?? []) }),
        });
        const inner = folder('inner', [[file('deep.txt')]]);
        DataTransferItem.prototype.webkitGetAsEntry = () =>
          folder('outer', [
            [file('one.txt'), inner],
            [file('two.txt'), file('.hidden')],
          ]) as unknown as FileSystemEntry;
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([''], 'outer'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      });
      for (const title of ['one', 'two', 'deep']) await item(title).getByText('1 passage').waitFor();
      expect(await page.locator('#documents li', { hasText: /hidden|outer/ }).count()).toBe(0);
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
  });
});
