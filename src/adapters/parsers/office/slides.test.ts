import { expect, test } from 'vitest';
import { pptxOf, sheetRow, slideShape, xlsxOf } from '../../../../test/support/office.ts';
import { limitsOf } from '../options.ts';
import { openPackage } from './package.ts';
import { parsePptx } from './pptx.ts';
import { parseXlsx } from './xlsx.ts';

const slides = (...shapes: string[]) =>
  parsePptx(openPackage(pptxOf(shapes.map((one) => ({ shapes: one }))), limitsOf({}))).text;

test('of two versions for newer and older programs a slide shows one', () => {
  const choice = (text: string) => `<mc:Choice Requires="a14">${slideShape(text)}</mc:Choice>`;
  const other = (text: string) => `<mc:Fallback>${slideShape(text)}</mc:Fallback>`;
  const both = `<mc:AlternateContent>${choice('A formula')}${other('A formula')}</mc:AlternateContent>`;
  const alone = `<mc:AlternateContent>${other('For older programs')}</mc:AlternateContent>`;
  expect(slides(`${both}${alone}${slideShape('After')}`)).toBe('A formula\n\nFor older programs\n\nAfter');
});

test('a date that was typed is told once; one that is always today is not', () => {
  const today =
    '<p:sp><p:nvSpPr><p:nvPr><p:ph type="dt"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:fld type="datetime1"><a:t>1/2/2020</a:t></a:fld></a:p></p:txBody></p:sp>';
  const typed = slideShape('14 May 2025', 'dt');
  expect(slides(`${slideShape('One')}${typed}`, `${slideShape('Two')}${typed}`, `${slideShape('Three')}${today}`)).toBe(
    'One\n\n14 May 2025\n\nTwo\n\nThree',
  );
});

test('names of a slide’s table over several columns are in the name of each', () => {
  const cell = (text: string, more = '') =>
    `<a:tc${more}><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;
  const rows = [
    cell('Room') + cell('Fee', ' gridSpan="2"') + cell('', ' hMerge="1"'),
    cell('', ' vMerge="1"') + cell('Weekday') + cell('Weekend'),
    cell('Large') + cell('80') + cell('120'),
  ];
  const table = `<p:graphicFrame><a:tbl>${rows.map((row) => `<a:tr>${row}</a:tr>`).join('')}</a:tbl></p:graphicFrame>`;
  expect(slides(table).split('\n')[0]).toBe('| Room | Fee Weekday | Fee Weekend |');
});

test('dates in the formats of Chinese, Japanese and Korean programs are dates', async () => {
  const styles = `<cellXfs><xf numFmtId="0"/>${[27, 31, 57, 58, 33].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
  const dates = [1, 2, 3, 4].map((style) => `<c s="${style}"><v>45000</v></c>`).join('');
  const book = xlsxOf(
    [
      {
        name: '合同',
        rows: `${sheetRow(1, '甲', '乙', '丙', '丁', '时')}<row r="2">${dates}<c s="5"><v>0.5</v></c></row>`,
      },
    ],
    [],
    styles,
  );
  let text = '';
  for await (const piece of parseXlsx(openPackage(book, limitsOf({}))).pieces) text += piece;
  expect(text).toContain('| 2023-03-15 | 2023-03-15 | 2023-03-15 | 2023-03-15 | 12:00:00 |');
});
