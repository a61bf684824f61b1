import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { epubOf, odfOf, pptxOf, sheetRow, slideShape, xlsxOf } from '../../../../test/support/office.ts';
import { zipOf } from '../../../../test/support/zip.ts';
import { documentParser } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-office-'));
const parser = documentParser();
afterAll(async () => {
  await parser.close();
  rmSync(folder, { recursive: true });
});

async function parse(content: string | Uint8Array, name = 'file') {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return parser.parse({ path, name, mediaType: '' }, new AbortController().signal);
}
const refusal = async (content: Uint8Array): Promise<string> =>
  parse(content).then(
    ({ text }) => `read: ${text.slice(0, 200)}`,
    (error) => `${error.code}: ${error.message}`,
  );

test('sheets of a workbook are tables under their names; numbers and dates are as they are shown', async () => {
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="#,##0.00 &quot;EUR&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs>';
  const rows = `${sheetRow(1, 'Stock')}<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" t="s"><v>3</v></c></row>
    <row r="4"><c r="A4" t="inlineStr"><is><t>Valve</t></is></c><c r="B4" s="1"><v>45000</v></c><c r="C4" s="2"><v>1234.5</v></c><c r="D4" s="3"><v>0.25</v></c></row>
    <row r="5"><c r="A5" t="str"><f>"Gas"&amp;"ket"</f><v>Gasket</v></c><c r="B5" s="1"><v>45001</v></c><c r="C5"><v>0.30000000000000004</v></c><c r="D5" t="b"><v>1</v></c></row>`;
  const book = xlsxOf(
    [
      { name: 'Parts', rows },
      { name: 'Secret', rows: sheetRow(1, 'hidden'), state: 'hidden' },
      { name: 'Notes', rows: sheetRow(1, 'All is in Bonn.') },
    ],
    ['Part', 'Since', 'Price', 'Share'],
    styles,
  );
  expect(await parse(book)).toMatchObject({
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    text: `## Parts

Stock

| Part | Since | Price | Share |
| --- | --- | --- | --- |
| Valve | 2023-03-15 | 1,234.50 EUR | 25% |
| Gasket | 2023-03-16 | 0.3 | TRUE |

## Notes

| All is in Bonn. |
| --- |`,
  });
});

test('cells over several rows are repeated in each; a second table of a sheet has its own header', async () => {
  const rows = [
    sheetRow(1, 'Region', 'City', 'People'),
    sheetRow(2, 'North', 'A', '1'),
    '<row r="3"><c r="B3" t="inlineStr"><is><t>B</t></is></c><c r="C3"><v>2</v></c></row>',
    sheetRow(6, 'Fee', 'Price', 'From'),
    sheetRow(7, 'Entry', '12', '2024'),
  ].join('');
  const { text } = await parse(
    xlsxOf([{ name: 'S', rows, after: '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>' }]),
  );
  expect(text).toContain(
    '| North | A | 1 |\n| North | B | 2 |\n\n| Fee | Price | From |\n| --- | --- | --- |\n| Entry | 12 | 2024 |',
  );
});

test('a name over several columns stands with the name of each', async () => {
  const rows = [
    sheetRow(1, 'Sales of the first half'),
    sheetRow(3, 'Region', 'Q1', '', 'Q2', ''),
    sheetRow(4, '', 'Plan', 'Actual', 'Plan', 'Actual'),
    sheetRow(5, 'North', '120', '118', '130', '141'),
  ].join('');
  const merged = ['A1:E1', 'A3:A4', 'B3:C3', 'D3:E3'].map((ref) => `<mergeCell ref="${ref}"/>`).join('');
  const { text } = await parse(xlsxOf([{ name: 'S', rows, after: `<mergeCells>${merged}</mergeCells>` }]));
  expect(text).toContain(
    '| Region | Q1 Plan | Q1 Actual | Q2 Plan | Q2 Actual |\n| --- | --- | --- | --- | --- |\n| North | 120 |',
  );
  const last = await parse(
    xlsxOf([
      {
        name: 'S',
        rows: sheetRow(1, 'a', 'b', '') + sheetRow(2, 'c', '', 'd'),
        after: `<mergeCells><mergeCell ref="B1:C1"/></mergeCells>`,
      },
    ]),
  );
  expect(last.text).toBe('## S\n\n| a | b |  |\n| --- | --- | --- |\n| c |  | d |');
});

test('each part of a long sheet repeats the column names', async () => {
  const rows = Array.from({ length: 200 }, (_, place) =>
    sheetRow(place + 2, `Article ${place}`, `${place}.50`, 'in stock'),
  ).join('');
  const { text } = await parse(xlsxOf([{ name: 'S', rows: sheetRow(1, 'Article', 'Price', 'State') + rows }]));
  for (const part of text.split('\n\n').slice(1))
    expect(part.startsWith('| Article | Price | State |\n| --- |')).toBe(true);
  expect(text).toContain('| Article 199 | 199.50 | in stock |');
});

test('a cell in the last column that a sheet may have is read', async () => {
  const rows = `${sheetRow(1, 'a')}<row r="2"><c r="XFD2" t="inlineStr"><is><t>corner</t></is></c></row>`;
  expect((await parse(xlsxOf([{ name: 'S', rows }]))).text).toContain('corner');
});

test('slides are in their order, each a page with its title, tables and notes', async () => {
  const table =
    '<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Q</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>EUR</a:t></a:r></a:p></a:txBody></a:tc></a:tr><a:tr><a:tc><a:txBody><a:p><a:r><a:t>1</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>120</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>';
  const { text, title, pages } = await parse(
    pptxOf([
      {
        shapes:
          slideShape('Body one') +
          slideShape('Harbour plan', 'ctrTitle') +
          slideShape('Acme', 'ftr') +
          slideShape('1', 'sldNum'),
      },
      { shapes: slideShape('Revenue', 'title') + table + slideShape('Acme', 'ftr'), notes: 'Say that it grew.' },
    ]),
  );
  expect(text).toBe(
    '## Harbour plan\n\nBody one\n\nAcme\n\n## Revenue\n\n| Q | EUR |\n| --- | --- |\n| 1 | 120 |\n\nNotes: Say that it grew.',
  );
  expect(title).toBe('Harbour plan');
  expect(pages?.map((start) => text.slice(start, start + 6))).toEqual(['## Har', '## Rev']);
});

test('an OpenDocument text has its headings, lists, tables, notes and headers; nothing hidden or deleted', async () => {
  const styles =
    '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>';
  const body = `<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion></text:changed-region></text:tracked-changes>
    <text:h text:outline-level="2">Terms</text:h><text:p>Two<text:s text:c="2"/>words<text:span text:style-name="T1">hidden</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note><office:annotation><text:p>comment</text:p></office:annotation>.</text:p>
    <text:list><text:list-item><text:p>One</text:p></text:list-item><text:list-item><text:p>Two</text:p></text:list-item></text:list>
    <table:table><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell><table:table-cell><text:p>B</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>`;
  const masters =
    '<style:master-page><style:header><text:p>Case 7</text:p></style:header><style:footer><text:p><text:page-number>3</text:page-number></text:p></style:footer></style:master-page>';
  const { text, title } = await parse(odfOf('text', body, styles, masters));
  expect(text.split(/\n+/)).toEqual([
    'Case 7',
    '## Terms',
    'Two words.',
    '- One',
    '- Two',
    '| A | B |',
    '| --- | --- |',
    '| 1 | 2 |',
    '1',
    'A note.',
  ]);
  expect(title).toBe('Terms');
});

test('sheets of an OpenDocument spreadsheet are tables; rows and cells that it repeats are not without end', async () => {
  const cell = (text: string) =>
    `<table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell>`;
  const body = `<table:table table:name="Stock"><table:table-row>${cell('Part')}${cell('Stock')}</table:table-row><table:table-row>${cell('Valve')}${cell('12')}<table:table-cell table:number-columns-repeated="16382"/></table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`;
  expect((await parse(odfOf('spreadsheet', body))).text).toBe(
    '## Stock\n\n| Part | Stock |\n| --- | --- |\n| Valve | 12 |',
  );
});

test('slides of an OpenDocument presentation have their titles and notes', async () => {
  const body =
    '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Harbour</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>It is deep.</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Say it.</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>';
  expect((await parse(odfOf('presentation', body))).text.split(/\n+/)).toEqual([
    '## Harbour',
    'It is deep.',
    'Notes:',
    'Say it.',
  ]);
});

test('chapters of an e-book are in the order of its spine', async () => {
  const { text, title } = await parse(
    epubOf('Of whales', ['<h1>One</h1><p>Call me.</p>', '<h1>Two</h1><p>The sea &amp; all.</p>']),
  );
  expect({ text, title }).toEqual({ text: '# One\n\nCall me.\n\n# Two\n\nThe sea & all.', title: 'Of whales' });
});

test('an e-book whose chapters are locked says so', async () => {
  const encryption =
    '<encryption><enc:EncryptedData><enc:CipherData><enc:CipherReference URI="OPS/text/c%200.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>';
  expect(
    await refusal(epubOf('Locked', ['<p>x</p>'], [{ name: 'META-INF/encryption.xml', content: encryption }])),
  ).toMatch(/^BAD_USER_INPUT: The e-book is protected against copying/);
});

test.each([
  ['a binary workbook', 'xl/workbook.bin', /binary Excel workbook \(\.xlsb\).+save it as XLSX/],
  ['a Pages document', 'Index/Document.iwa', /Apple Pages, Numbers or Keynote.+export it/],
  ['a Visio drawing', 'visio/document.xml', /Visio drawing.+PDF/],
  ['a Java archive', 'META-INF/MANIFEST.MF', /Java archive/],
  ['an archive', 'a.txt', /zip archive; unpack it/],
])('%s is refused by its name, with what to do', async (_what, name, message) => {
  const answer = await refusal(zipOf([{ name, content: 'x' }]));
  expect(answer).toMatch(/^UNSUPPORTED_MEDIA_TYPE: The file is /);
  expect(answer).toMatch(message);
});

const many = (count: number, text: string) => text.repeat(count);
test.each<[string, () => Buffer]>([
  ['a sheet that unpacks to far more', () => xlsxOf([{ name: 'S', rows: many(60_000_000, ' ') }])],
  [
    'a million strings that are one',
    () => xlsxOf([{ name: 'S', rows: many(700_000, '<row><c t="s"><v>0</v></c></row>') }], ['x'.repeat(20_000)]),
  ],
  [
    'cells far to the right',
    () => xlsxOf([{ name: 'S', rows: many(200_000, '<row><c r="XFD1"><v>1</v></c><c r="ZZ1"><v>2</v></c></row>') }]),
  ],
  [
    'a million merged cells',
    () => xlsxOf([{ name: 'S', rows: sheetRow(1, 'a', 'b'), after: many(500_000, '<mergeCell ref="A1:A1048576"/>') }]),
  ],
  ['a slide of groups in groups', () => pptxOf([{ shapes: many(200_000, '<p:grpSp>') + slideShape('deep') }])],
  [
    'an OpenDocument text of lists in lists',
    () => odfOf('text', `${many(100_000, '<text:list><text:list-item>')}<text:p>deep</text:p>`),
  ],
  [
    'repeated rows and columns',
    () =>
      odfOf(
        'spreadsheet',
        `<table:table table:name="T">${many(2_000, '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000000"><text:p>xxxxxxxxxx</text:p></table:table-cell></table:table-row>')}</table:table>`,
      ),
  ],
  ['a chapter of tags in tags', () => epubOf('E', [many(300_000, '<div>')])],
  ['Rich Text of groups in groups', () => Buffer.from(`{\\rtf1 ${many(500_000, '{\\b ')}deep`)],
  ['Rich Text that skips more than it has', () => Buffer.from('{\\rtf1 text\\bin99999999999 rest}')],
  ['a notebook of brackets', () => Buffer.from(`{"nbformat":4,"cells":${many(2_000_000, '[')}`)],
  [
    'a message of parts in parts',
    () =>
      Buffer.from(
        `From: a@b.c\nTo: d@e.f\nSubject: x\nMIME-Version: 1.0\n${Array.from({ length: 20_000 }, (_, place) => `Content-Type: multipart/mixed; boundary=b${place}\n\n--b${place}\n`).join('')}`,
      ),
  ],
  [
    'a message of a very long line',
    () => Buffer.from(`From: a@b.c\nTo: d@e.f\nSubject: x\n\n${many(10_000_000, 'ab')}`),
  ],
])('%s is read or refused, in bounded time and memory', async (_what, content) => {
  const answer = await refusal(content());
  expect(answer).toMatch(/^(?:read: |(?:BAD_USER_INPUT|PAYLOAD_TOO_LARGE|UNSUPPORTED_MEDIA_TYPE): The )/);
  expect(await refusal(Buffer.from('The next file is read.'))).toBe('read: The next file is read.');
});
