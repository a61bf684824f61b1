import { expect, test } from 'vitest';
import { pdfOf, pdfOfContents, shownAt } from '../../../test/support/pdf.ts';
import { limitsOf } from './options.ts';
import { parsePdf } from './pdf.ts';

const textOf = async (file: Buffer) => (await parsePdf(file, limitsOf({}))).text;

test('the parser reads Chinese in a font that names a character set without embedding its table', async () => {
  const font = `<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [<<
    /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>
    /FontDescriptor << /Type /FontDescriptor /FontName /SimSun /Flags 4 >> >>] >>`;
  const coded = Buffer.from('斑马有条纹。', 'utf16le').swap16().toString('latin1');
  expect(await textOf(pdfOf([[coded]], '', font))).toBe('斑马有条纹。');
});

test('a form that only its maker’s program shows is refused, with what to do; a text about such forms is read', async () => {
  const lines = [
    'Please wait... If this message is not eventually replaced by',
    'the contents of the document, use another PDF viewer.',
  ];
  const plain = pdfOf([lines]);
  const form = plain
    .toString('latin1')
    .replace('/Type /Catalog', '/Type /Catalog /AcroForm << /XFA [(a) 3 0 R] /Fields [] >>');
  await expect(textOf(Buffer.from(form, 'latin1'))).rejects.toThrow(/form \(XFA\).*print it to a new PDF/);
  expect(await textOf(plain)).toContain('Please wait');
});

test('the sentences of a contract whose lines are numbered are whole', async () => {
  const lines = [
    'This agreement is made between Norvik Marine and',
    'the harbour authority, which orders the dredging',
    'works within ninety days. The price is 418 euro',
    'and is payable in three instalments. Either party',
    'may end this agreement by a written notice.',
  ];
  const shown = lines.flatMap((text, line) => [
    shownAt(40, 700 - line * 20, String(line + 1)),
    shownAt(72, 700 - line * 20, text),
  ]);
  const text = await textOf(pdfOfContents([shown.join('\n')]));
  expect(text.replace(/\s+/g, ' ')).toBe(lines.join(' '));
});
