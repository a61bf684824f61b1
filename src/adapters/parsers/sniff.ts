import { unreadable, unsupported } from './failures.ts';

export type Binary = 'pdf' | 'zip' | 'rtf';

const PICTURE = 'is a picture, which has no text to read; recognise its text first (OCR) and upload that';
const MEDIA = 'is a sound or video file, which has no text to read; upload a transcript';
const PROGRAM = 'is a program, not a document; upload its source code or its documentation';
const PACKED = 'is a packed archive; unpack it and upload the files in it';
const DATA = 'is a database or data file that is not read; export it as CSV or JSON';

/** First bytes (at an offset) of kinds that are refused, with what to tell. Short ones count only where zero bytes follow. */
const REFUSED: readonly (readonly [magic: string, verdict: string, at?: number])[] = [
  ['\x89PNG', PICTURE],
  ['\xff\xd8\xff', PICTURE],
  ['GIF8', PICTURE],
  ['II*\0', PICTURE],
  ['MM\0*', PICTURE],
  ['BM', PICTURE],
  ['8BPS', PICTURE],
  ['\0\0\x01\0', PICTURE],
  ['WEBP', PICTURE, 8],
  ['WAVE', MEDIA, 8],
  ['AVI ', MEDIA, 8],
  ['ftyp', MEDIA, 4],
  ['ID3', MEDIA],
  ['\xff\xfb', MEDIA],
  ['OggS', MEDIA],
  ['fLaC', MEDIA],
  ['\x1aE\xdf\xa3', MEDIA],
  ['\x7fELF', PROGRAM],
  ['MZ', PROGRAM],
  ['\xca\xfe\xba\xbe', PROGRAM],
  ['\xcf\xfa\xed\xfe', PROGRAM],
  ['\0asm', PROGRAM],
  ['\x1f\x8b', PACKED],
  ['BZh', PACKED],
  ['\xfd7zXZ\0', PACKED],
  ['\x28\xb5\x2f\xfd', PACKED],
  ["7z\xbc\xaf'\x1c", PACKED],
  ['Rar!\x1a', PACKED],
  ['ustar', PACKED, 257],
  ['SQLite format 3', DATA],
  ['PAR1', DATA],
  ['%!PS', 'is PostScript, which is not read; export it as PDF'],
  ['AT&TFORM', 'is a DjVu file, which is not read; export it as PDF'],
  ['BOOKMOBI', 'is an e-book of a kind that is not read; export it as EPUB, PDF or HTML', 60],
];

/** Which kind of file the bytes are, or null for text. Throws for kinds that are not read. */
export function sniffBytes(bytes: Buffer): Binary | null {
  const head = bytes.toString('latin1', 0, 4_096);
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return 'zip';
  if (head.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) throw compoundFile(bytes);
  if (/^\s{0,20}\{\\rtf/.test(head)) return 'rtf';
  // Readers of PDF allow for rubbish before its mark.
  // One has lost its mark.
  if (/^%[^\r\n]{0,20}[\r\n]+\d{1,6} \d{1,5} obj\b/.test(head)) return 'pdf';
  if (/^%PDF-/.test(head) || /%PDF-\d\.\d[\r\n]/.test(head.slice(0, 1_024))) return 'pdf';
  for (const [magic, verdict, at = 0] of REFUSED)
    if (head.startsWith(magic, at) && (magic.length > 3 || head.includes('\0')))
      throw unsupported(`The file ${verdict}`);
  refuseFlatOffice(head);
  return null;
}

/** Office files that are one file of XML, by the name of their root or the program that they name. */
const FLAT: readonly (readonly [pattern: RegExp, what: string, format: string])[] = [
  [/<\?mso-application\s+progid="Word\.Document"|<pkg:package[\s>]/, 'a Word document in XML', 'DOCX'],
  [/<\?mso-application\s+progid="Excel\.Sheet"/, 'an Excel workbook in XML', 'XLSX'],
  [/<\?mso-application\s+progid="PowerPoint\.Show"/, 'a PowerPoint presentation in XML', 'PPTX'],
  [/<office:document[\s>]/, 'a flat OpenDocument file (.fodt, .fods, .fodp)', 'ODT, ODS or ODP'],
];

/** As text these would be read with all their marks, and their contents lost among those. */
function refuseFlatOffice(head: string): void {
  if (!/^(?:\xef\xbb\xbf)?\s{0,100}<(?:\?xml|\?mso|office:|pkg:)/.test(head)) return;
  const found = FLAT.find(([pattern]) => pattern.test(head));
  if (found) throw unsupported(`The file is ${found[1]}, which is not read; save it as ${found[2]}`);
}

/** Microsoft's older container: names in it are UTF-16. */
function compoundFile(bytes: Buffer): Error {
  const has = (name: string) => bytes.includes(Buffer.from(name, 'utf16le'));
  if (has('EncryptedPackage'))
    return unreadable('The file is protected by a password; save it without one and upload it again');
  if (has('__properties_version1.0'))
    return unsupported('The file is an Outlook message (.msg), which is not read; save it as .eml or as PDF');
  if (has('WordDocument'))
    return unsupported('The file is an old Word document (.doc), which is not read; save it as DOCX or PDF');
  if (has('Workbook') || has('Book'))
    return unsupported(
      'The file is an old Excel workbook (.xls), which is not read; save it as XLSX or each sheet as CSV',
    );
  if (has('PowerPoint Document'))
    return unsupported('The file is an old PowerPoint presentation (.ppt), which is not read; save it as PPTX or PDF');
  return unsupported('The file is an old Microsoft Office file, which is not read; save it as DOCX, XLSX, PPTX or PDF');
}
