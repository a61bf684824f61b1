import { expect, test } from 'vitest';
import { parseHtml } from './html.ts';
import { limitsOf } from './options.ts';

test('the mark that links to a heading is no part of it', () => {
  const page =
    '<html><body><h2>Tasks<a href="#tasks">¶</a></h2><p>They run. <a href="x">See # here</a></p></body></html>';
  expect(parseHtml(Buffer.from(page), limitsOf({})).text).toBe('## Tasks\n\nThey run. See # here');
});
