import { load } from 'cheerio';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { count, libraryFailure, tooMuch, unreadable } from '../failures.ts';
import { htmlToMarkdown } from '../html-to-markdown.ts';
import type { Limits } from '../options.ts';
import type { DocumentInPieces } from '../pieces.ts';
import { tablePieces } from '../table-pieces.ts';
import { firstHeading, realTitle } from '../titles.ts';
import { hiddenOdfStyles, odfToHtml } from './odf-html.ts';
import { odfSheets } from './odf-sheets.ts';
import { damaged, type Package, titleIn } from './package.ts';

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
    const hidden = hiddenOdfStyles([...parts.pieces('styles.xml'), ...parts.pieces('content.xml')]);
    const html = odfToHtml(parts.pieces('content.xml'), hidden, 4 * limits.maxCharacters);
    if (html === undefined)
      throw tooMuch(
        `The file has more than ${count(limits.maxCharacters)} characters, which is too much to read; split it into smaller files`,
      );
    const around = odfToHtml(parts.pieces('styles.xml'), hidden, limits.maxCharacters, true) ?? '';
    const text = [around, html]
      .map((part) => htmlToMarkdown(load(part, null, false).root().toArray()))
      .filter(Boolean)
      .join('\n\n');
    return { text, mediaType, title: title ?? firstHeading(text) };
  } catch (error) {
    throw libraryFailure(error, damaged('OpenDocument').message);
  }
}

async function* sheetsIn(parts: Package): AsyncGenerator<string> {
  for (const { name, rows } of odfSheets(parts)) {
    let isFirst = true;
    for await (const piece of tablePieces(rows)) {
      if (isFirst) yield `## ${name}\n\n`;
      isFirst = false;
      yield piece;
    }
    yield '\n';
  }
}
