import { expect, test } from 'vitest';
import { parseHtml } from './html.ts';
import { limitsOf } from './options.ts';

test('the mark that links to a heading is no part of it', () => {
  const page =
    '<html><body><h2>Tasks<a href="#tasks">¶</a></h2><p>They run. <a href="x">See # here</a></p></body></html>';
  expect(parseHtml(Buffer.from(page), limitsOf({})).text).toBe('## Tasks\n\nThey run. See # here');
});

test('cells over several rows or columns keep the others under their names', () => {
  const page =
    '<table><tr><th>Region<th>City<th>People</tr><tr><td rowspan=2>North<td>A<td>1</tr><tr><td>B<td>2</tr><tr><td colspan="2">All<td>3</tr></table>';
  expect(parseHtml(Buffer.from(`<html><body>${page}</body></html>`), limitsOf({})).text.split('\n')).toEqual([
    '| Region | City | People |',
    '| --- | --- | --- |',
    '| North | A | 1 |',
    '| North | B | 2 |',
    '| All |  | 3 |',
  ]);
});

test('spans without end are not followed', () => {
  const page = `<table>${'<tr><td rowspan=60000 colspan=60000>x<td rowspan=60000>y</tr>'.repeat(300)}</table>`;
  expect(parseHtml(Buffer.from(`<html><body>${page}</body></html>`), limitsOf({})).text.length).toBeLessThan(2_000_000);
});
