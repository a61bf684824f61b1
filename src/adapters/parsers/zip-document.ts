import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { unsupported } from './failures.ts';
import { openPackage, type Package } from './office/package.ts';
import type { Limits } from './options.ts';
import type { DocumentInPieces } from './pieces.ts';

/** Recognises a packed document by its `mimetype` and the names of its parts. */
export async function parseZip(bytes: Buffer, limits: Limits): Promise<ParsedDocument | DocumentInPieces> {
  const parts = openPackage(bytes, limits);
  const has = (pattern: RegExp) => parts.names.some((name) => pattern.test(name));
  if (has(/^\/?word\/document\d*\.xml$/i)) return (await import('./docx.ts')).parseDocx(bytes, limits);
  if (has(/^\/?xl\/workbook\.xml$/i)) return (await import('./office/xlsx.ts')).parseXlsx(parts);
  if (has(/^\/?ppt\/presentation\.xml$/i)) return (await import('./office/pptx.ts')).parsePptx(parts);
  const type = typeOf(parts);
  if (/epub/.test(type) || (parts.has('META-INF/container.xml') && has(/\.opf$/i)))
    return (await import('./office/epub.ts')).parseEpub(parts, limits);
  const kind = /opendocument\.(text|spreadsheet|presentation)/.exec(type)?.[1] as
    | 'text'
    | 'spreadsheet'
    | 'presentation'
    | undefined;
  if (kind) return (await import('./office/odf.ts')).parseOdf(parts, kind, limits);
  throw otherZip(type, has);
}

function typeOf(parts: Package): string {
  const type = parts.has('mimetype') ? (parts.text('mimetype') ?? '').slice(0, 200) : '';
  if (type !== '' || !parts.has('content.xml')) return type;
  return (
    /manifest:media-type="(application\/vnd\.oasis[\w.-]{1,80})"/.exec(
      parts.text('META-INF/manifest.xml') ?? '',
    )?.[1] ?? ''
  );
}

function otherZip(type: string, has: (pattern: RegExp) => boolean): Error {
  if (has(/^\/?xl\/workbook\.bin$/i))
    return unsupported('The file is a binary Excel workbook (.xlsb), which is not read; save it as XLSX');
  if (has(/^visio\/document\.xml$/i))
    return unsupported('The file is a Visio drawing, which is not read; export it as PDF');
  if (has(/(?:^|\/)FixedDocSeq\.fdseq$|^FixedDocumentSequence/i))
    return unsupported('The file is an XPS document, which is not read; print it to PDF');
  if (has(/^Index\/.+\.iwa$|^Index\.zip$|^index\.(?:apxl|xml)(?:\.gz)?$/))
    return unsupported(
      'The file is an Apple Pages, Numbers or Keynote document, which is not read; export it as DOCX, XLSX, PPTX or PDF',
    );
  if (/opendocument/.test(type))
    return unsupported('The file is an OpenDocument drawing or formula, which is not read; export it as PDF');
  if (has(/^META-INF\/MANIFEST\.MF$/))
    return unsupported('The file is a Java archive, not a document; upload its source code or its documentation');
  if (has(/^AndroidManifest\.xml$/))
    return unsupported('The file is an Android app, not a document; upload its documentation');
  return unsupported('The file is a zip archive; unpack it and upload the files in it');
}
