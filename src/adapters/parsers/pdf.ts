import { fileURLToPath } from 'node:url';
import { getDocumentProxy } from 'unpdf';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { count, libraryFailure, tooManyCharacters, tooMuch, unreadable } from './failures.ts';
import type { Limits } from './options.ts';
import { inReadingOrder } from './pdf-columns.ts';
import { withDropCaps } from './pdf-drop-caps.ts';
import { withEdgesInPlace } from './pdf-edges.ts';
import { type Annotation, type Field, fieldsOf, withFields } from './pdf-fields.ts';
import { fixedFonts } from './pdf-fixed.ts';
import { withoutLineNumbers } from './pdf-line-numbers.ts';
import { linesOf, type PdfLine } from './pdf-lines.ts';
import { inRows } from './pdf-rows.ts';
import { withRuledTables } from './pdf-ruled.ts';
import { rulesReader } from './pdf-rules.ts';
import { type TextRun, uprightRuns } from './pdf-runs.ts';
import { pdfText } from './pdf-text.ts';
import { verticalJoined } from './pdf-vertical.ts';
import { firstHeading, realTitle } from './titles.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<Pdf['getPage']>>;

const DAMAGED =
  'The PDF file is damaged or incomplete; open it in a PDF viewer, save or print it to a new PDF and upload that';
/**
 * Character maps of Adobe's Chinese, Japanese and Korean character sets. A PDF names such a map without embedding it. scripts/bundle.ts bundles them;
 * without them all Chinese text of such a file would be missing. PDF.js accepts only the names on its list.
 */
const CHARACTER_MAPS = fileURLToPath(new URL('./character-maps/', import.meta.url));
/** The page that a form of XFA has for programs that cannot show it. */
const PLACEHOLDER =
  /please wait[\s\S]{0,300}(?:eventually replaced|PDF viewer)|requires? Adobe\s+(?:Acrobat\s+)?Reader/i;

/** Reads the text of a PDF, its headings by font size, and the start of each page. Runs and fetches nothing. */
export async function parsePdf(bytes: Buffer, limits: Limits): Promise<ParsedDocument> {
  const pdf = await opened(bytes);
  try {
    if (pdf.numPages > limits.maxPages)
      throw tooMuch(
        `The PDF file has ${count(pdf.numPages)} pages; at most ${count(limits.maxPages)} are read. Split it into smaller files`,
      );
    const { text, pages } = pdfText(await pagesOf(pdf, limits.maxCharacters));
    if (PLACEHOLDER.test(text.slice(0, 1_000)) && (await infoOf(pdf))['IsXFAPresent'] === true)
      throw unreadable(
        'The PDF file is a form (XFA) that only Adobe’s programs show; open it there, print it to a new PDF and upload that',
      );
    const onFirstPage = text.slice(0, pages[1] ?? text.length);
    if (!/[\p{L}\p{N}]/u.test(text))
      throw unreadable(
        'The PDF file has no text, only pictures of pages; recognise its text first (OCR) and upload the result',
      );
    return { text, mediaType: 'application/pdf', title: (await titleOf(pdf)) ?? firstHeading(onFirstPage), pages };
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
      maxImageSize: 1,
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
  const rulesOf = rulesReader();
  for (let number = 1; number <= pdf.numPages; number += 1) {
    try {
      const page = await pdf.getPage(number);
      const lines = await linesOn(page, rulesOf);
      page.cleanup();
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

async function linesOn(page: PdfPage, rulesOf: ReturnType<typeof rulesReader>): Promise<PdfLine[]> {
  const { items, styles } = await page.getTextContent();
  const texts = items.filter((item) => 'str' in item) as unknown as TextRun[];
  const fixed = fixedFonts(texts);
  const runs = uprightRuns(texts, (fontName) => fixed.has(fontName) || styles[fontName]?.fontFamily === 'monospace');
  const all = withFields(verticalJoined(withDropCaps(withoutLineNumbers(runs))), await filledFields(page));
  const lines = withRuledTables(all, await rulesOf(page)).flatMap((part) =>
    'rows' in part ? part.rows : inRows(inReadingOrder(linesOf(part.runs))),
  );
  return [...withEdgesInPlace(lines)];
}

/** A form that is broken is left out where the text can be read. */
async function filledFields(page: PdfPage): Promise<Field[]> {
  try {
    return fieldsOf((await page.getAnnotations()) as readonly Annotation[]);
  } catch {
    return [];
  }
}

async function titleOf(pdf: Pdf): Promise<string | null> {
  const { Title: title } = await infoOf(pdf);
  return typeof title === 'string' ? realTitle(title) : null;
}

async function infoOf(pdf: Pdf): Promise<Readonly<Record<string, unknown>>> {
  try {
    return { ...(await pdf.getMetadata()).info };
  } catch {
    return {};
  }
}
