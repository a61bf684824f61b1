import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { getDocumentProxy } from 'unpdf';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { count, libraryFailure, tooManyCharacters, tooMuch, unreadable } from './failures.ts';
import type { Limits } from './options.ts';
import { linesOf, type PdfLine, type TextRun } from './pdf-lines.ts';
import { pdfText } from './pdf-text.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

const DAMAGED =
  'The PDF file is damaged or incomplete; open it in a PDF viewer, save or print it to a new PDF and upload that';
/**
 * What characters the codes of Adobe's Chinese, Japanese and Korean character sets stand for. A PDF names such a table and does not bring it along,
 * and without it all of its Chinese would be left out in silence. PDF.js takes no name that is not on its list of them.
 */
const CHARACTER_MAPS = `${dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))}/cmaps/`;
/** Titles that a program made up. */
const NO_TITLE = /^(untitled|microsoft word\b.*|document\d*|.*\.(docx?|pdf|indd|tex|dvi|qxd|pptx?|xlsx?))$/i;

/** Text of a PDF, its headings told by the size of their letters, and where each page begins. Nothing in it is run or fetched. */
export async function parsePdf(bytes: Buffer, limits: Limits): Promise<ParsedDocument> {
  const pdf = await opened(bytes);
  try {
    if (pdf.numPages > limits.maxPages)
      throw tooMuch(
        `The PDF file has ${count(pdf.numPages)} pages; at most ${count(limits.maxPages)} are read. Split it into smaller files`,
      );
    const { text, pages } = pdfText(await pagesOf(pdf, limits.maxCharacters));
    if (!/[\p{L}\p{N}]/u.test(text))
      throw unreadable(
        'The PDF file has no text, only pictures of pages; recognise its text first (OCR) and upload the result',
      );
    return { text, mediaType: 'application/pdf', title: await titleOf(pdf), pages };
  } catch (error) {
    throw libraryFailure(error, DAMAGED);
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function opened(bytes: Buffer): Promise<Pdf> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), {
      verbosity: 0,
      cMapUrl: CHARACTER_MAPS,
      enableXfa: false,
      useSystemFonts: false,
      useWorkerFetch: false,
      disableFontFace: true,
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException')
      throw unreadable('The PDF file is protected by a password; save it without one and upload it again', error);
    throw libraryFailure(error, DAMAGED);
  }
}

async function pagesOf(pdf: Pdf, maxCharacters: number): Promise<PdfLine[][]> {
  const pages: PdfLine[][] = [];
  let characters = 0;
  let failure: unknown;
  let failed = 0;
  for (let number = 1; number <= pdf.numPages; number += 1) {
    try {
      const page = await pdf.getPage(number);
      const { items, styles } = await page.getTextContent();
      page.cleanup();
      const lines = linesOf(
        items.filter((item) => 'str' in item) as unknown as TextRun[],
        (fontName) => styles[fontName]?.fontFamily === 'monospace',
      );
      characters += lines.reduce((sum, { text }) => sum + text.length, 0);
      pages.push(lines);
    } catch (error) {
      // A page that is broken is left blank where others can be read.
      failure = error;
      failed += 1;
      pages.push([]);
    }
    if (characters > maxCharacters) throw tooManyCharacters(maxCharacters);
  }
  if (pages.length === 0) throw unreadable('The PDF file has no pages');
  if (failed > pages.length / 2) throw libraryFailure(failure, DAMAGED);
  return pages;
}

async function titleOf(pdf: Pdf): Promise<string | null> {
  try {
    const { info } = await pdf.getMetadata();
    const title = 'Title' in info && typeof info.Title === 'string' ? info.Title.replace(/\s+/g, ' ').trim() : '';
    return title === '' || NO_TITLE.test(title) ? null : title;
  } catch {
    return null;
  }
}
