import { type CheerioAPI, load } from 'cheerio';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { declaredEncoding, decodeText } from './decode.ts';
import { unreadable } from './failures.ts';
import { refuseDeepMarkup, refuseDeepTree } from './html-depth.ts';
import { removeMenus, removeUnseen } from './html-page.ts';
import { nameTables } from './html-roles.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import type { Limits } from './options.ts';
import { firstHeading, realTitle } from './titles.ts';
import { asHtml } from './xhtml.ts';

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
function shownPage(source: string): CheerioAPI {
  const markup = asHtml(source);
  refuseDeepMarkup(markup);
  const $ = load(markup);
  for (const frame of $('iframe[srcdoc]').toArray()) {
    const inner = frame.attribs['srcdoc'] ?? '';
    refuseDeepMarkup(inner);
    $(frame).replaceWith($('<div></div>').append(load(inner)('body').contents()));
  }
  refuseDeepTree($);
  nameTables($);
  return $;
}
