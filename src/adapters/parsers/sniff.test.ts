import { expect, test } from 'vitest';
import { sniffBytes } from './sniff.ts';

const XML = '<?xml version="1.0" encoding="UTF-8"?>';

test.each([
  ['a Word document in XML', `${XML}\r\n<?mso-application progid="Word.Document"?><w:wordDocument/>`, 'DOCX'],
  ['a Word document in XML', `\ufeff${XML}<pkg:package xmlns:pkg="x"><pkg:part/></pkg:package>`, 'DOCX'],
  ['an Excel workbook in XML', `${XML}\n<?mso-application  progid="Excel.Sheet"?><Workbook/>`, 'XLSX'],
  ['a PowerPoint presentation in XML', `<?mso-application progid="PowerPoint.Show"?><x/>`, 'PPTX'],
  ['a flat OpenDocument file', `${XML}\n<office:document office:version="1.3"/>`, 'ODT, ODS or ODP'],
])('%s is refused, with the format to save it as', (what, text, format) => {
  expect(() => sniffBytes(Buffer.from(text))).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: expect.stringMatching(`${what}.*save it as ${format}`),
    }),
  );
});

test.each([
  ['XML that is about them', `${XML}<note>Their root is office:document, or progid="Word.Document".</note>`],
  ['text that is about them', 'The root <office:document> or <?mso-application progid="Excel.Sheet"?> begins it.'],
  [
    'a page that Word wrote',
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><p>Zebra</p></body></html>',
  ],
])('%s is text', (_what, text) => {
  expect(sniffBytes(Buffer.from(text))).toBeNull();
});
