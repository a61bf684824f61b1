import { expect, test } from 'vitest';
import { pdfOf } from '../../../test/support/pdf.ts';
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
