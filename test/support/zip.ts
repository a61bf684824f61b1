/** Zip archives, as hostile as a test wants them. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** The size in the directory, if it should be false. */
  readonly declaredSize?: number;
  readonly encrypted?: boolean;
}

export function zipOf(parts: readonly ZipPart[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, declaredSize, encrypted = false } of parts) {
    const raw = Buffer.from(content as string);
    const packed = deflateRawSync(raw);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    for (const [place, value] of [
      [4, 20],
      [6, encrypted ? 1 : 0],
      [8, 8],
    ] as const)
      head.writeUInt16LE(value, place);
    for (const [place, value] of [
      [14, crc32(raw)],
      [18, packed.length],
      [22, raw.length],
    ] as const)
      head.writeUInt32LE(value, place);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const [place, value] of [
      [4, 20],
      [6, 20],
      [8, encrypted ? 1 : 0],
      [10, 8],
    ] as const)
      entry.writeUInt16LE(value, place);
    for (const [place, value] of [
      [16, crc32(raw)],
      [20, packed.length],
      [24, declaredSize ?? raw.length],
      [42, offset],
    ] as const)
      entry.writeUInt32LE(value, place);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    const body = Buffer.concat([head, Buffer.from(name), packed]);
    bodies.push(body);
    directory.push(Buffer.concat([entry, Buffer.from(name)]));
    offset += body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, list, end]);
}

export const NAMESPACE =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"';
export interface DocxPart {
  readonly type: 'footnotes' | 'endnotes' | 'comments' | 'numbering' | 'styles' | `header${number}` | `footer${number}`;
  readonly content: string;
}
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A Word document with this body, and further parts that it refers to. */
export const docxOf = (body: string, prolog = '', parts: readonly DocxPart[] = []): Buffer =>
  zipOf([
    ...parts.map(({ type, content }) => ({ name: `word/${type}.xml`, content })),
    {
      name: 'word/_rels/document.xml.rels',
      content: `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${parts
        .map(({ type }, place) => `<Relationship Id="p${place}" Type="${RELATIONS}/${type}" Target="${type}.xml"/>`)
        .join('')}</Relationships>`,
    },
    {
      name: '[Content_Types].xml',
      content:
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    },
    {
      name: '_rels/.rels',
      content:
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    },
    {
      name: 'word/document.xml',
      content: `<?xml version="1.0"?>${prolog}<w:document ${NAMESPACE}><w:body>${body}</w:body></w:document>`,
    },
  ]);
export const paragraph = (text: string, style = ''): string =>
  `<w:p>${style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : ''}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
