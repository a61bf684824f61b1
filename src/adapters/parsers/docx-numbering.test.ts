import { expect, test } from 'vitest';
import { docxOf, NAMESPACE, paragraph } from '../../../test/support/zip.ts';
import { parseDocx } from './docx.ts';
import { numeral } from './docx-numerals.ts';
import { limitsOf } from './options.ts';

/** Format, text and what else is said of each level. */
type LevelOf = readonly [string, string, string?];
const level = ([format, text, more = '']: LevelOf, index: number) =>
  `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/>${more}</w:lvl>`;
const abstract = (id: number, ...levels: LevelOf[]) =>
  `<w:abstractNum w:abstractNumId="${id}">${levels.map(level).join('')}</w:abstractNum>`;
const num = (id: number, of: number, more = '') =>
  `<w:num w:numId="${id}"><w:abstractNumId w:val="${of}"/>${more}</w:num>`;
const numbered = (text: string, list: number, at = 0) =>
  `<w:p><w:pPr><w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="${list}"/></w:numPr></w:pPr>${text === '' ? '' : `<w:r><w:t>${text}</w:t></w:r>`}</w:p>`;

const textOf = async (body: string, numbering: string, styles = '') =>
  (
    await parseDocx(
      docxOf(body, '', [
        { type: 'numbering', content: `<w:numbering ${NAMESPACE}>${numbering}</w:numbering>` },
        { type: 'styles', content: `<w:styles ${NAMESPACE}>${styles}</w:styles>` },
      ]),
      limitsOf({}),
    )
  ).text;

test('articles of a contract are numbered as they are shown, with paragraphs between them', async () => {
  const list = abstract(0, ['chineseCountingThousand', '第%1条'], ['decimal', '（%2）']) + num(1, 0);
  const body = [
    numbered('甲方交付。', 1),
    paragraph('另有约定的除外。'),
    numbered('乙方付款：', 1),
    numbered('定金；', 1, 1),
    numbered('余款。', 1, 1),
    numbered('违约。', 1),
    numbered('其一。', 1, 1),
  ].join('');
  expect((await textOf(body, list)).split('\n\n').map((line) => line.trim())).toEqual([
    '第一条 甲方交付。',
    '另有约定的除外。',
    '第二条 乙方付款：',
    '（1） 定金；',
    '（2） 余款。',
    '第三条 违约。',
    '（1） 其一。',
  ]);
});

test('headings are numbered by their styles, each with the numbers of those above', async () => {
  const list =
    abstract(
      0,
      ['upperRoman', '%1.', '<w:pStyle w:val="Heading1"/>'],
      ['decimal', '%1.%2', '<w:pStyle w:val="Heading2"/><w:isLgl/>'],
    ) + num(7, 0);
  const style = (id: string, basedOn: string, numPr: string) =>
    `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${id}"/>${basedOn && `<w:basedOn w:val="${basedOn}"/>`}<w:pPr>${numPr}</w:pPr></w:style>`;
  const styles =
    style('Heading1', '', '<w:numPr><w:numId w:val="7"/></w:numPr>') +
    style('Heading2', '', '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr>') +
    style('Own', 'Heading2', '');
  const body = [
    paragraph('Scope', 'Heading1'),
    paragraph('Terms', 'Heading2'),
    paragraph('Parties', 'Heading2'),
    paragraph('Payment', 'Heading1'),
    paragraph('Price', 'Heading2'),
    paragraph('Own words', 'Own'),
    paragraph('', 'Heading2'),
    paragraph('Rate', 'Heading2'),
    '<w:p><w:pPr><w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr><w:r><w:t>Annex</w:t></w:r></w:p>',
  ].join('');
  expect(await textOf(body, list, styles)).toBe(
    '# I. Scope\n\n## 1.1 Terms\n\n## 1.2 Parties\n\n# II. Payment\n\n## 2.1 Price\n\n2.2 Own words\n\n## 2.4 Rate\n\n# Annex',
  );
});

test('a list continues after an interruption; another list over the same levels restarts where it says so', async () => {
  const anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>';
  const lists = abstract(0, ['decimal', '%1.'], ['bullet', '•']) + num(1, 0) + num(2, 0, anew) + num(3, 0);
  const body = [
    numbered('one', 1),
    numbered('two', 1),
    numbered('a point', 1, 1),
    paragraph('Between.'),
    numbered('three', 1),
    numbered('five', 2),
    numbered('six', 2),
    numbered('seven', 3),
  ].join('');
  expect(await textOf(body, lists)).toBe(
    '1. one\n2. two\n   - a point\n\nBetween.\n\n3. three\n5. five\n6. six\n7. seven',
  );
});

test('an empty numbered paragraph counts without text; a struck or alternative one does not count', async () => {
  const list = abstract(0, ['decimal', '%1)']) + num(1, 0);
  const former = numbered('two', 1).replace(
    '</w:pPr>',
    '<w:pPrChange><w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr></w:pPrChange></w:pPr>',
  );
  const twice = `<w:p><w:r><mc:AlternateContent><mc:Choice>${numbered('seen', 1)}</mc:Choice><mc:Fallback>${numbered('four', 1)}</mc:Fallback></mc:AlternateContent></w:r></w:p>`;
  const text = await textOf(numbered('one', 1) + former + numbered('', 1) + twice + numbered('five', 1), list);
  expect(text.split('\n').filter(Boolean)).toEqual(['1) one', '2) two', '4) four', '5) five']);
});

test('the text has columns of numbers, and numbered lines in cells', async () => {
  const list = abstract(0, ['decimal', '%1']) + num(1, 0) + abstract(1, ['decimal', '（%1）']) + num(2, 1);
  const row = (...cells: string[]) => `<w:tr>${cells.map((cell) => `<w:tc>${cell}</w:tc>`).join('')}</w:tr>`;
  const table = `<w:tbl>${row(paragraph('序号'), paragraph('名称'))}${row(numbered('', 1), numbered('钢', 2) + numbered('铁', 2))}${row(numbered('', 1), paragraph('木'))}</w:tbl>`;
  expect((await textOf(table, list)).split('\n')).toEqual([
    '| 序号 | 名称 |',
    '| --- | --- |',
    '| 1 | （1） 钢 （2） 铁 |',
    '| 2 | 木 |',
  ]);
});

test('references to itself or to nothing do no harm', async () => {
  const lists =
    abstract(0, ['decimal', '%1.']) +
    '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Loop"/></w:abstractNum>' +
    num(1, 1) +
    num(2, 5) +
    num(3, 0);
  const styles =
    '<w:style w:type="numbering" w:styleId="Loop"><w:basedOn w:val="Loop"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>' +
    '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>';
  const body = numbered('none', 2) + numbered('deep', 3, 8) + numbered('wrong', 3, -5) + paragraph('circle', 'A');
  const text = await textOf(body, lists, styles);
  for (const word of ['none', 'deep', 'wrong', 'circle']) expect(text).toContain(word);
});

test.each([
  ['decimalZero', [1, 12], ['01', '12']],
  ['lowerLetter', [1, 26, 27, 0], ['a', 'z', 'aa', '0']],
  ['upperRoman', [4, 1994, 4000], ['IV', 'MCMXCIV', '4000']],
  [
    'chineseCounting',
    [0, 1, 10, 12, 20, 105, 110, 1020, 10_001],
    ['零', '一', '十', '十二', '二十', '一百零五', '一百一十', '一千零二十', '一万零一'],
  ],
  ['taiwaneseCountingThousand', [20_000], ['二萬']],
  ['chineseLegalSimplified', [25], ['贰拾伍']],
  ['ideographTraditional', [1, 10, 11], ['甲', '癸', '11']],
  ['decimalEnclosedCircle', [1, 20, 21], ['①', '⑳', '21']],
  ['ideographDigital', [105], ['一〇五']],
  ['decimalFullWidth', [12], ['１２']],
  ['somethingNew', [7, -3, 1e12], ['7', '0', '999999']],
])('numbers are written as %s', (format, values, expected) => {
  expect(values.map((value) => numeral(value, format))).toEqual(expected);
});

const run = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`;
const part = (name: string, ...content: string[]) => `<m:${name}>${content.join('')}</m:${name}>`;
const formula = (...content: string[]) =>
  `<w:p><m:oMathPara><m:oMath>${content.join('')}</m:oMath></m:oMathPara></w:p>`;

test.each([
  ['a fraction', part('f', part('num', run('a+b')), part('den', run('2'))), '(a+b)/2'],
  [
    'powers and indexes',
    part('sSubSup', part('e', run('x')), part('sub', run('i')), part('sup', run('n-1'))),
    'x_i^(n-1)',
  ],
  ['a root', part('rad', part('deg'), part('e', run('y'))), '√(y)'],
  [
    'a sum',
    part(
      'nary',
      '<m:naryPr><m:chr m:val="∑"/></m:naryPr>',
      part('sub', run('i=1')),
      part('sup', run('n')),
      part('e', run('i')),
    ),
    '∑_(i=1)^n i',
  ],
  [
    'brackets',
    part('d', '<m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>', part('e', run('a&lt;b'))),
    '[a<b]',
  ],
  [
    'a matrix',
    part(
      'm',
      part('mr', part('e', run('a')), part('e', run('b'))),
      part('mr', part('e', run('c')), part('e', run('d'))),
    ),
    '[a, b; c, d]',
  ],
  ['a function', part('func', part('fName', run('sin')), part('e', run('x'))), 'sin x'],
])('formulas are written in a line: %s', async (_name, content, expected) => {
  expect((await parseDocx(docxOf(formula(run('z='), content)), limitsOf({}))).text).toBe(`z=${expected}`);
});

test('the parser refuses endlessly nested formulas and keeps a formula’s place in its sentence', async () => {
  const deep = '<m:rad><m:e>'.repeat(50_000) + run('x') + '</m:e></m:rad>'.repeat(50_000);
  await expect(parseDocx(docxOf(formula(deep)), limitsOf({}))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  const sentence = `<w:p><w:r><w:t xml:space="preserve">As </w:t></w:r><m:oMath>${run('E=m')}${part('sSup', part('e', run('c')), part('sup', run('2')))}</m:oMath><w:r><w:t xml:space="preserve"> says.</w:t></w:r></w:p>`;
  expect((await parseDocx(docxOf(sentence), limitsOf({}))).text).toBe('As E=mc^2 says.');
});
