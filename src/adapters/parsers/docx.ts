import { load } from 'cheerio';
import mammoth from 'mammoth';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { withKnownElements } from './docx-elements.ts';
import { numbering } from './docx-numbering.ts';
import { hiddenStyles, shownDocument, withHeadersAndFooters } from './docx-shown.ts';
import { writtenOut } from './docx-written-out.ts';
import { count, libraryFailure, tooMuch, unreadable } from './failures.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import { checkXmlDepth } from './office/xml-events.ts';
import type { Limits } from './options.ts';
import { moveNumbers } from './own-numbers.ts';
import { firstHeading, realTitle } from './titles.ts';
import { type ZipEntry, zipEntries, zipReader } from './zip.ts';

export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const DAMAGED =
  'The DOCX file is damaged and cannot be read; open it in a word processor, save it again and upload that';
const NEEDED = /\.(xml|rels)$/i;
const MAIN = /^word\/document\d*\.xml$/;

/** Reads text, headings, lists, tables and notes of a word processor's document. Never opens pictures or external content. */
export async function parseDocx(bytes: Buffer, limits: Limits): Promise<ParsedDocument> {
  const entries = zipEntries(bytes, limits);
  const read = zipReader(bytes, limits);
  const parts = unpacked(entries, read);
  try {
    writeOut(parts);
    // The library takes an archive that is open already; its types do not tell. So it sees only what was counted above.
    const input = { file: archiveOf(parts) } as unknown as { buffer: Buffer };
    const { value } = await mammoth.convertToHtml(input, {
      externalFileAccess: false,
      includeEmbeddedStyleMap: false,
      styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
    });
    if (value.length > 4 * limits.maxCharacters)
      throw tooMuch(
        `The file has more than ${count(limits.maxCharacters)} characters, which is too much to read; split it into smaller files`,
      );
    const $ = load(value, null, false);
    $('sup > a[href^="#footnote"], sup > a[href^="#endnote"], a[href^="#footnote-ref"], a[href^="#endnote-ref"]').each(
      (_, link) => {
        const text = $(link).text();
        $(link).text(text === '↑' ? '' : text);
      },
    );
    moveNumbers($);
    const text = htmlToMarkdown($.root().toArray());
    return { text, mediaType: DOCX, title: titleOf(parts) ?? firstHeading(text.slice(0, 2_000)) };
  } catch (error) {
    throw libraryFailure(error, DAMAGED);
  }
}

function unpacked(entries: readonly ZipEntry[], read: (entry: ZipEntry) => Buffer): Map<string, Buffer> {
  const parts = new Map<string, Buffer>();
  for (const entry of entries) {
    if (!NEEDED.test(entry.name)) continue;
    const content = read(entry);
    // ECMA-376 part 2 forbids document type definitions: entities are how a little XML is made to grow.
    if (content.includes('<!DOCTYPE') || content.includes('<!ENTITY'))
      throw unreadable(
        'The DOCX file declares XML entities, which no word processor does; save it again and upload that',
      );
    parts.set(entry.name, content);
  }
  return parts;
}

/** The library leaves out formulas, numbers but as those of plain lists, headers and footers, and text boxes of the newer form. */
function writeOut(parts: Map<string, Buffer>): void {
  const textOf = (name: string) => new TextDecoder().decode(parts.get(name));
  const named = (pattern: RegExp) => [...parts.keys()].filter((name) => pattern.test(name)).sort();
  const labelOf = parts.has('word/numbering.xml')
    ? numbering(textOf('word/numbering.xml'), textOf('word/styles.xml'))
    : () => null;
  const hidden = hiddenStyles(textOf('word/styles.xml'));
  const headers = named(/^word\/header\d*\.xml$/).map(textOf);
  const footers = named(/^word\/footer\d*\.xml$/).map(textOf);
  for (const [name, part] of parts) if (/\.xml$/i.test(name)) checkXmlDepth(new TextDecoder().decode(part));
  for (const name of named(MAIN)) {
    const whole = withHeadersAndFooters(textOf(name), headers, footers);
    parts.set(name, Buffer.from(writtenOut(shownDocument(withKnownElements(whole), hidden), labelOf)));
  }
  for (const name of named(/^word\/(?:foot|end)notes\.xml$/))
    parts.set(name, Buffer.from(shownDocument(withKnownElements(textOf(name)), hidden)));
}

const archiveOf = (parts: ReadonlyMap<string, Buffer>) => ({
  exists: (name: string) => parts.has(name),
  async read(name: string, encoding?: string): Promise<string | Uint8Array> {
    const content = parts.get(name);
    if (!content) throw unreadable(DAMAGED);
    return encoding === 'base64'
      ? content.toString('base64')
      : encoding
        ? new TextDecoder(encoding).decode(content)
        : content;
  },
});

function titleOf(parts: ReadonlyMap<string, Buffer>): string | null {
  const properties = parts.get('docProps/core.xml');
  if (!properties) return null;
  return realTitle(load(properties.toString(), { xml: true })('dc\\:title').first().text());
}
