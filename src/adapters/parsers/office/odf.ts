import { load } from 'cheerio';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { count, libraryFailure, tooMuch, unreadable } from '../failures.ts';
import { htmlToMarkdown } from '../html-to-markdown.ts';
import type { Limits } from '../options.ts';
import { moveNumbers } from '../own-numbers.ts';
import type { DocumentInPieces } from '../pieces.ts';
import { firstHeading, realTitle } from '../titles.ts';
import { odfToHtml } from './odf-html.ts';
import { odfSheets } from './odf-sheets.ts';
import { type OdfStyles, odfStyles } from './odf-styles.ts';
import { damaged, type Package, titleIn } from './package.ts';
import { sheetPieces } from './sheet-pieces.ts';

const TYPE = 'application/vnd.oasis.opendocument';

/** Text, headings, lists, tables and notes of an OpenDocument text or presentation; the tables of a spreadsheet. */
export function parseOdf(
  parts: Package,
  kind: 'text' | 'spreadsheet' | 'presentation',
  limits: Limits,
): ParsedDocument | DocumentInPieces {
  if (/<manifest:encryption-data/.test(parts.text('META-INF/manifest.xml') ?? ''))
    throw unreadable('The file is protected by a password; save it without one and upload it again');
  if (!parts.has('content.xml')) throw damaged('OpenDocument');
  try {
    const title = realTitle(titleIn(parts));
    const mediaType = `${TYPE}.${kind}`;
    if (kind === 'spreadsheet') return { mediaType, title, pieces: sheetsIn(parts) };
    const styles = odfStyles(parts);
    const objectOf = (reference: string) => objectIn(parts, reference, styles, limits);
    const html = odfToHtml(parts.pieces('content.xml'), { styles, most: 4 * limits.maxCharacters, objectOf });
    if (html === undefined)
      throw tooMuch(
        `The file has more than ${count(limits.maxCharacters)} characters, which is too much to read; split it into smaller files`,
      );
    const around = odfToHtml(parts.pieces('styles.xml'), { styles, most: limits.maxCharacters, around: true }) ?? '';
    const text = [around, html].map(markdownOf).filter(Boolean).join('\n\n');
    return { text, mediaType, title: title ?? firstHeading(text) };
  } catch (error) {
    throw libraryFailure(error, damaged('OpenDocument').message);
  }
}

function markdownOf(html: string): string {
  const $ = load(html, null, false);
  moveNumbers($);
  return htmlToMarkdown($.root().toArray());
}

/** A formula as it is written, the title and the table of a chart. */
function objectIn(parts: Package, reference: string, styles: OdfStyles, limits: Limits): string {
  const part = `${reference.replace(/^\.\//, '')}/content.xml`;
  if (!parts.has(part)) return '';
  const xml = parts.text(part) ?? '';
  const formula = /<(?:math:)?math[\s>]/.exec(xml);
  if (formula)
    return xml
      .slice(formula.index)
      .replaceAll(/(<\/?)math:/g, '$1')
      .slice(0, LONGEST_FORMULA);
  return odfToHtml(parts.pieces(part), { styles, most: limits.maxCharacters }) ?? '';
}
const LONGEST_FORMULA = 100_000;

async function* sheetsIn(parts: Package): AsyncGenerator<string> {
  for (const { name, rows } of odfSheets(parts)) {
    yield* sheetPieces(name, rows);
    yield '\n';
  }
}
