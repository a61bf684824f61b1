import { expect, test } from 'vitest';
import { docxOf, paragraph } from '../../../test/support/zip.ts';
import { parseDocx } from './docx.ts';
import { limitsOf } from './options.ts';

const textOf = async (body: string, others: Parameters<typeof docxOf>[2] = []) =>
  (await parseDocx(docxOf(body, '', others), limitsOf({}))).text;
const cell = (content: string, properties = '') => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`;
const row = (...cells: string[]) => `<w:tr>${cells.join('')}</w:tr>`;
const table = (...rows: string[]) => `<w:tbl>${rows.join('')}</w:tbl>`;

test('each part of a long table repeats the column names', async () => {
  const rows = Array.from({ length: 60 }, (_, place) =>
    row(cell(paragraph(`animal ${place}`)), cell(paragraph(`lives on grass and herbs ${place}`))),
  );
  const text = await textOf(table(row(cell(paragraph('Name')), cell(paragraph('Food'))), ...rows));
  expect(text.match(/\| Name \| Food \|\n\| --- \| --- \|\n\| animal/g)?.length).toBeGreaterThan(2);
  for (let place = 0; place < 60; place += 1)
    expect(text).toContain(`| animal ${place} | lives on grass and herbs ${place} |`);
});

test('paragraphs of a cell stay separate; a cell over several rows is repeated in each', async () => {
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

test('footnotes and endnotes are in the text with their references; comments are not', async () => {
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

const run = (text: string, properties = '') =>
  `<w:r><w:rPr>${properties}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;

test('hidden runs, rows and styles are left out; what a run says of itself counts', async () => {
  const body = `<w:p>${run('Seen. ')}${run('Hidden.', '<w:vanish/>')}${run('Back.', '<w:vanish w:val="0"/>')}</w:p>${table(
    row(cell(paragraph('A')), cell(paragraph('B'))),
    `<w:tr><w:trPr><w:hidden/></w:trPr>${cell(paragraph('secret'))}${cell(paragraph('row'))}</w:tr>`,
    row(cell(paragraph('1')), cell(paragraph('2'))),
  )}`;
  expect(await textOf(body)).toBe('Seen. Back.\n\n| A | B |\n| --- | --- |\n| 1 | 2 |');
});

const PART = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
test('headers and footers appear once, without those that hold only page numbers', async () => {
  const others = [
    { type: 'header1' as const, content: `<w:hdr ${PART}>${paragraph('Case NW-55871')}</w:hdr>` },
    { type: 'header2' as const, content: `<w:hdr ${PART}>${paragraph('Case NW-55871')}</w:hdr>` },
    { type: 'footer1' as const, content: `<w:ftr ${PART}>${paragraph('Hotline 555-0177')}</w:ftr>` },
    { type: 'footer2' as const, content: `<w:ftr ${PART}>${paragraph('Page 3 of 9')}</w:ftr>` },
  ];
  expect(await textOf(paragraph('Dear customer.'), others)).toBe('Case NW-55871\n\nDear customer.\n\nHotline 555-0177');
});

test('text boxes of the newer and of the older form are read once', async () => {
  const box = (text: string) => `<w:txbxContent>${paragraph(text)}</w:txbxContent>`;
  const newer = (text: string) =>
    `<w:drawing><wps:wsp xmlns:wps="x"><wps:txbx>${box(text)}</wps:txbx></wps:wsp></w:drawing>`;
  const older = (text: string) =>
    `<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>${box(text)}</v:textbox></v:shape></w:pict>`;
  const both = `<mc:AlternateContent><mc:Choice Requires="wps">${newer('Both')}</mc:Choice><mc:Fallback>${older('Both')}</mc:Fallback></mc:AlternateContent>`;
  const only = `<mc:AlternateContent><mc:Choice Requires="wps">${newer('Newer in a choice')}</mc:Choice></mc:AlternateContent>`;
  const body = [both, only, newer('Newer alone'), older('Older alone')]
    .map((part) => `<w:p><w:r>${part}</w:r></w:p>`)
    .join('');
  const text = await textOf(body);
  for (const words of ['Both', 'Newer in a choice', 'Newer alone', 'Older alone'])
    expect(text.split(words)).toHaveLength(2);
});

test('boxes to tick tell whether they are ticked', async () => {
  const box = (checked: string) =>
    `<w:sdt><w:sdtPr><w14:checkbox xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:checked w14:val="${checked}"/></w14:checkbox></w:sdtPr><w:sdtContent>${run('x')}</w:sdtContent></w:sdt>`;
  expect(await textOf(`<w:p>${run('Smoker:')}${box('0')}${run('yes ')}${box('1')}${run('no')}</w:p>`)).toBe(
    'Smoker: ☐ yes ☒ no',
  );
});

test('results of fields, text with its reading above it, and text in another direction are read', async () => {
  const ruby = `<w:r><w:ruby><w:rubyPr/><w:rt>${run('とうきょう')}</w:rt><w:rubyBase>${run('東京')}</w:rubyBase></w:ruby></w:r>`;
  const body = `<w:p>${run('Due ')}<w:fldSimple w:instr=" IF a > b ">${run('3 May')}</w:fldSimple><w:bdo w:val="rtl">${run(' or later')}</w:bdo></w:p><w:p>${ruby}${run('に行く')}</w:p>`;
  expect(await textOf(body)).toBe('Due 3 May or later\n\n東京（とうきょう）に行く');
});

test('the choice of a form of the older kind, and exponents, are read', async () => {
  const choice =
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="France"/><w:listEntry w:val="Norway"/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>';
  const raised = run('6', '<w:vertAlign w:val="superscript"/>');
  expect(await textOf(`<w:p>${run('Country: ')}${choice}${run(', 10')}${raised}</w:p>`)).toBe('Country: Norway, 10^6');
});
