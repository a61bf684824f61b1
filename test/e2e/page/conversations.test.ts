import { expect, test } from 'vitest';
import { OPERATOR_KEY, startApp } from '../../support/app.ts';
import {
  addText,
  answer,
  answered,
  answerText,
  ask,
  confirm,
  describeBuiltIn,
  describePage,
  openPage,
  page,
} from '../../support/page.ts';

describePage(() => {
  describeBuiltIn((app) => {
    const quoted = async () => {
      await answer()
        .getByRole('button', { name: /^Source 1/ })
        .click();
      const text = await page.locator('#source mark').textContent();
      await page.getByRole('button', { name: 'Close' }).click();
      return text;
    };

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

    test('an address that names no conversation of the viewer’s says so', async () => {
      await page.goto(`${app().url}/#Q29udmVyc2F0aW9uOm5vcGU%3D`);
      await page
        .getByRole('status')
        .getByText(/no such|not/i)
        .waitFor();
      await page.getByRole('heading', { name: 'Ask your own documents' }).waitFor();
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
    await page.getByLabel('您的消息').fill('好'.repeat(32_001));
    await page.getByRole('button', { name: '发送' }).click();
    await page
      .getByRole('status')
      .getByText('内容太大。（content has 32001 characters; MAX_MESSAGE_CHARACTERS is 32000）')
      .waitFor();
    await page.getByRole('button', { name: '对话和文档' }).click();
    await page.getByRole('button', { name: '添加文档' }).first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await app.remove();
  });
});
