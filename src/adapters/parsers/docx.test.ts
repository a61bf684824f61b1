import { expect, test } from 'vitest';
import { docxOf, paragraph } from '../../../test/support/zip.ts';
import { parseDocx } from './docx.ts';
import { limitsOf } from './options.ts';

const textOf = async (body: string, others: Parameters<typeof docxOf>[2] = []) =>
  (await parseDocx(docxOf(body, '', others), limitsOf({}))).text;
const cell = (content: string, properties = '') => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`;
const row = (...cells: string[]) => `<w:tr>${cells.join('')}</w:tr>`;
const table = (...rows: string[]) => `<w:tbl>${rows.join('')}</w:tbl>`;

test('each part of a long table names its columns', async () => {
  const rows = Array.from({ length: 60 }, (_, place) =>
    row(cell(paragraph(`animal ${place}`)), cell(paragraph(`lives on grass and herbs ${place}`))),
  );
  const text = await textOf(table(row(cell(paragraph('Name')), cell(paragraph('Food'))), ...rows));
  expect(text.match(/\| Name \| Food \|\n\| --- \| --- \|\n\| animal/g)?.length).toBeGreaterThan(2);
  for (let place = 0; place < 60; place += 1)
    expect(text).toContain(`| animal ${place} | lives on grass and herbs ${place} |`);
});

test('paragraphs in a cell do not run into each other; a cell over several rows stands in each', async () => {
  const text = await textOf(
    table(
      row(cell(paragraph('Kind')), cell(paragraph('Name'))),
      row(cell(paragraph('big'), '<w:vMerge w:val="restart"/>'), cell(paragraph('zebra') + paragraph('斑马'))),
      row(cell(paragraph(''), '<w:vMerge/>'), cell(paragraph('lion'))),
      row(cell(paragraph('all of them run'), '<w:gridSpan w:val="2"/>')),
    ),
  );
  expect(text.split('\n').slice(2)).toEqual(['| big | zebra 斑马 |', '| big | lion |', '| all of them run |  |']);
});

const NOTES = (kind: 'footnote' | 'endnote', text: string) =>
  `<w:${kind}s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:${kind} w:id="2">${paragraph(text)}</w:${kind}></w:${kind}s>`;

test('footnotes and endnotes are there, and what they belong to shows it; comments are not', async () => {
  const mark = (element: string) => `<w:r><w:${element} w:id="2"/></w:r>`;
  const text = await textOf(
    `<w:p><w:r><w:t>It runs</w:t></w:r>${mark('footnoteReference')}<w:r><w:t>.</w:t></w:r></w:p><w:p><w:r><w:t>It sleeps</w:t></w:r>${mark('endnoteReference')}${mark('commentReference')}</w:p>`,
    [
      { type: 'footnotes', content: NOTES('footnote', 'At forty miles an hour.') },
      { type: 'endnotes', content: NOTES('endnote', 'Standing.') },
      {
        type: 'comments',
        content: `<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="2" w:author="A" w:initials="AB">${paragraph('Check this!')}</w:comment></w:comments>`,
      },
    ],
  );
  expect(text).toBe('It runs[1].\n\nIt sleeps[2]\n\n1. At forty miles an hour.\n2. Standing.');
});

test('headings keep their level', async () => {
  const text = await textOf(paragraph('All', 'Heading1') + paragraph('Part', 'Heading2') + paragraph('Words.'));
  expect(text).toBe('# All\n\n## Part\n\nWords.');
});
