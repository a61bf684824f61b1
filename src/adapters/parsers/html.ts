import { load } from 'cheerio';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { declaredEncoding, decodeText } from './decode.ts';
import { count, tooMuch } from './failures.ts';
import { removeMenus, removeUnseen } from './html-page.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import type { Limits } from './options.ts';
import { firstHeading, realTitle } from './titles.ts';

/** Elements within elements, as in Chromium; more takes minutes. Those that are often left open are not counted. */
const DEEPEST = 512;
const TAGS = /<(\/?)(?:article|blockquote|center|div|main|ol|section|span|table|ul)\b/gi;

/** Reads the visible text of a page without site menus, scripts and hidden elements. */
export function parseHtml(bytes: Buffer, limits: Limits): ParsedDocument {
  const markup = decodeText(bytes, limits.maxCharacters, declaredEncoding(bytes));
  refuseDeep(markup);
  const $ = load(markup);
  const title = realTitle($('title').first().text());
  removeUnseen($);
  const whole = htmlToMarkdown($('body').toArray());
  removeMenus($);
  const text = htmlToMarkdown($('body').toArray()) || whole;
  return { text, mediaType: 'text/html', title: title ?? firstHeading(text) };
}

/** All that a piece of HTML shows, where none of it is a site's own. */
export function htmlText(markup: string): string {
  refuseDeep(markup);
  const $ = load(markup);
  removeUnseen($);
  return htmlToMarkdown($('body').toArray());
}

function refuseDeep(markup: string): void {
  let depth = 0;
  for (const [, slash] of markup.matchAll(TAGS)) {
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    if (depth > DEEPEST)
      throw tooMuch(`The file nests more than ${count(DEEPEST)} elements in each other, which is too much to read`);
  }
}
