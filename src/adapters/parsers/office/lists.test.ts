import { expect, test } from 'vitest';
import { odfOf, pptxOf, slideShape } from '../../../../test/support/office.ts';
import { limitsOf } from '../options.ts';
import { parseOdf } from './odf.ts';
import { odfSheets } from './odf-sheets.ts';
import { openPackage } from './package.ts';
import { parsePptx } from './pptx.ts';

const limits = limitsOf({});
const odf = (kind: 'text' | 'presentation', body: string, styles = '', others: Parameters<typeof odfOf>[4] = []) => {
  const document = parseOdf(openPackage(odfOf(kind, body, styles, '', others), limits), kind, limits);
  if (!('text' in document)) throw new Error('in pieces');
  return document;
};

test('bullets of a slide are items of a list, in placeholders and in text boxes; long texts of a box are paragraphs', () => {
  const numbered = (text: string) =>
    `<a:p><a:pPr lvl="0"><a:buAutoNum type="alphaLcParenR"/></a:pPr><a:r><a:t>${text}</a:t></a:r></a:p>`;
  const { text } = parsePptx(
    openPackage(
      pptxOf([
        {
          shapes:
            slideShape(
              'Revenue of the north grows by twelve percent\nParcels arrive in two working days\nFewer complaints',
              'body',
            ) +
            `<p:sp><p:txBody>${numbered('Open the valve')}${numbered('Wait')}</p:txBody></p:sp>` +
            slideShape('Our office is in the harbour district of Hull\nCall us on 555-0142') +
            slideShape('12 Dock Road\nHull'),
        },
      ]),
      limits,
    ),
  );
  expect(text).toBe(
    [
      '- Revenue of the north grows by twelve percent\n- Parcels arrive in two working days\n- Fewer complaints',
      'a) Open the valve\nb) Wait',
      'Our office is in the harbour district of Hull',
      'Call us on 555-0142',
      '12 Dock Road\nHull',
    ].join('\n\n'),
  );
});

const LEVELS = `<text:list-style style:name="L">
  <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
  <text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/>
  <text:list-level-style-number text:level="3" style:num-format="a" style:num-suffix=")"/></text:list-style>
  <text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="x"/></text:list-style>
  <text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/></text:outline-style>`;
const list = (attributes: string, ...items: readonly string[]) =>
  `<text:list ${attributes}>${items.map((item) => `<text:list-item>${item}</text:list-item>`).join('')}</text:list>`;
const paragraph = (text: string) => `<text:p>${text}</text:p>`;

test('lists of an OpenDocument text have the numbers that it shows, and go on after other paragraphs', () => {
  const inner = list('', paragraph('Scope') + list('', paragraph('Limits'), paragraph('Parts')), paragraph('Terms'));
  const { text } = odf(
    'text',
    [
      '<text:h text:outline-level="1">Rules</text:h>',
      list('text:style-name="L"', paragraph('General') + inner, paragraph('Duties')),
      paragraph('Between.'),
      list('text:style-name="L" text:continue-numbering="true"', list('', paragraph('Staff')), paragraph('End')),
      list('text:style-name="B"', paragraph('Bullet')),
      '<text:h text:outline-level="1">Fees</text:h>',
      list('text:style-name="L"', paragraph('Again')),
    ].join(''),
    LEVELS,
  );
  expect(text.split(/\n+/).map((line) => line.trim())).toEqual([
    ...['# I. Rules', '1. General', '1.1 Scope', 'a) Limits', 'b) Parts', '1.2 Terms', '2. Duties', 'Between.'],
    ...['2.1 Staff', '3. End', '- Bullet', '# II. Fees', '1. Again'],
  ]);
});

test('a title, readings of characters, formulas and charts of an OpenDocument file are read; pages of notes without text are not', () => {
  const styles = '<style:style style:name="P1" style:parent-style-name="Title"/>';
  const math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>E</mi><mo>=</mo><mi>m</mi></math>';
  const cell = (text: string) => `<table:table-cell>${paragraph(text)}</table:table-cell>`;
  const row = (...texts: readonly string[]) => `<table:table-row>${texts.map(cell).join('')}</table:table-row>`;
  const chart = `<office:document-content><office:chart><chart:chart><chart:title>${paragraph('Sales')}</chart:title><table:table>${row('', 'EUR')}${row('Q1', '19')}</table:table></chart:chart></office:chart></office:document-content>`;
  const object = (name: string) => `<draw:frame><draw:object xlink:href="./${name}"/></draw:frame>`;
  const document = odf(
    'presentation',
    `<draw:page><text:p text:style-name="P1">Harbour</text:p><text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby>港</text:p>${object('Object 1')}${object('Object 2')}<presentation:notes><draw:frame><draw:text-box><text:p/></draw:text-box></draw:frame></presentation:notes></draw:page>`,
    styles,
    [
      { name: 'Object 1/content.xml', content: math },
      { name: 'Object 2/content.xml', content: chart },
    ],
  );
  expect(document.title).toBe('Harbour');
  expect(document.text).toBe(
    '# Harbour\n\n東京（とうきょう）港\n\nE=m\n\nSales\n\n|  | EUR |\n| --- | --- |\n| Q1 | 19 |',
  );
});

test('names over several columns of an OpenDocument sheet are in the name of each; a cell over several rows is in each', () => {
  const cell = (text: string, spans = '') => `<table:table-cell ${spans}>${text && paragraph(text)}</table:table-cell>`;
  const covered = '<table:covered-table-cell/>';
  const over = 'table:number-columns-spanned="2"';
  const row = (...cells: readonly string[]) => `<table:table-row>${cells.join('')}</table:table-row>`;
  const body = `<table:table table:name="S">${[
    row(cell('Region', 'table:number-rows-spanned="2"'), cell('2023', over), covered, cell('2024', over), covered),
    row(covered, cell('H1'), cell('H2'), cell('H1'), cell('H2')),
    row(cell('North', 'table:number-rows-spanned="2"'), cell('1'), cell('2'), cell('3'), cell('4')),
    row(covered, cell('5'), cell('6'), cell('7'), cell('8')),
  ].join('')}</table:table>`;
  const [sheet] = odfSheets(openPackage(odfOf('spreadsheet', body), limits));
  expect([...(sheet?.rows() ?? [])]).toEqual([
    ['Region', '2023 H1', '2023 H2', '2024 H1', '2024 H2'],
    ['North', '1', '2', '3', '4'],
    ['North', '5', '6', '7', '8'],
  ]);
});

test('boxes, choices and exponents of an OpenDocument text are read', () => {
  const field = (type: string, ...values: readonly (readonly [string, string])[]) =>
    `<field:fieldmark field:type="vnd.oasis.opendocument.field.${type}">${values
      .map(([name, value]) => `<field:param field:name="${name}" field:value="${value}"/>`)
      .join('')}</field:fieldmark>`;
  const box = (value: string) => field('FORMCHECKBOX', ['Checkbox_Checked', value]);
  const choice = field(
    'FORMDROPDOWN',
    ['Dropdown_ListEntry', 'France'],
    ['Dropdown_ListEntry', 'Norway'],
    ['Dropdown_Selected', '1'],
  );
  const styles =
    '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style><style:style style:name="T2"><style:text-properties style:text-position="sub 58%"/></style:style>';
  const body = `<text:p>${box('true')} yes ${box('false')} no, ${choice}, 10<text:span text:style-name="T1">6</text:span> of H<text:span text:style-name="T2">2</text:span>O</text:p>`;
  expect(odf('text', body, styles).text).toBe('☒ yes ☐ no, Norway, 10^6 of H2O');
});

test('a table of a slide repeats a cell that goes on over several rows; exponents are marked', () => {
  const cell = (text: string, merge = '') =>
    `<a:tc ${merge}><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;
  const row = (...cells: string[]) => `<a:tr>${cells.join('')}</a:tr>`;
  const table = `<p:graphicFrame><a:graphic><a:graphicData><a:tbl>${row(cell('Site'), cell('Beds'))}${row(cell('Ulm', 'rowSpan="2"'), cell('40'))}${row(cell('', 'vMerge="1"'), cell('55'))}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`;
  const raised =
    '<p:sp><p:txBody><a:p><a:r><a:t>10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>6</a:t></a:r><a:r><a:t> units</a:t></a:r></a:p></p:txBody></p:sp>';
  expect(parsePptx(openPackage(pptxOf([{ shapes: table + raised }]), limits)).text).toBe(
    '| Site | Beds |\n| --- | --- |\n| Ulm | 40 |\n| Ulm | 55 |\n\n10^6 units',
  );
});
