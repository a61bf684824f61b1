import { type CheerioAPI, load } from 'cheerio';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { declaredEncoding, decodeText } from './decode.ts';
import { count, tooMuch, unreadable } from './failures.ts';
import { removeMenus, removeUnseen } from './html-page.ts';
import { nameTables } from './html-roles.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import type { Limits } from './options.ts';
import { firstHeading, realTitle } from './titles.ts';

/** Elements within elements, as in Chromium; more takes minutes. Those that are often left open are not counted. */
const DEEPEST = 512;
const TAGS = /<(\/?)(?:article|blockquote|center|div|main|ol|section|span|table|ul)\b/gi;

/** Reads the visible text of a page without site menus, scripts and hidden elements. */
export function parseHtml(bytes: Buffer, limits: Limits): ParsedDocument {
  const $ = shownPage(decodeText(bytes, limits.maxCharacters, declaredEncoding(bytes)));
  // A drawing may have a title too.
  const title = realTitle($('title').not('svg title').first().text());
  const isMadeByScript = $('script').length > 0;
  removeUnseen($);
  const whole = htmlToMarkdown($('body').toArray());
  removeMenus($);
  const text = htmlToMarkdown($('body').toArray()) || whole;
  if (text === '' && isMadeByScript)
    throw unreadable(
      'The page has no text of its own, because its scripts write it; print it to a PDF from the browser and upload that',
    );
  return { text, mediaType: 'text/html', title: title ?? firstHeading(text) };
}

/** All that a piece of HTML shows, where none of it is a site's own. */
export function htmlText(markup: string): string {
  const $ = shownPage(markup);
  removeUnseen($);
  return htmlToMarkdown($('body').toArray());
}

/** The page with those within it whose markup an attribute holds. */
function shownPage(markup: string): CheerioAPI {
  refuseDeep(markup);
  const $ = load(markup);
  for (const frame of $('iframe[srcdoc]').toArray()) {
    const inner = frame.attribs['srcdoc'] ?? '';
    refuseDeep(inner);
    $(frame).replaceWith($('<div></div>').append(load(inner)('body').contents()));
  }
  nameTables($);
  return $;
}

function refuseDeep(markup: string): void {
  let depth = 0;
  for (const [, slash] of markup.matchAll(TAGS)) {
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    if (depth > DEEPEST)
      throw tooMuch(`The file nests more than ${count(DEEPEST)} elements in each other, which is too much to read`);
  }
}
