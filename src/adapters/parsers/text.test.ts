import { expect, test } from 'vitest';
import { limitsOf } from './options.ts';
import { parseTextual } from './text.ts';

test('a paragraph that a page’s end cut goes on in the next line; a new one stands apart', async () => {
  const pages = ['   The client sends an extension that', '   names its modes.', '   The server answers.'];
  const { text } = await parseTextual(
    Buffer.from(pages.join('\n\f\n')),
    { name: 'rfc.txt', mediaType: 'text/plain' },
    limitsOf({}),
  );
  expect(text).toBe('   The client sends an extension that\n   names its modes.\n\n   The server answers.');
});
