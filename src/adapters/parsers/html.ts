import { Readability } from '@mozilla/readability';
import { load } from 'cheerio';
import type { AnyNode } from 'domhandler';
import { parseHTML } from 'linkedom';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { declaredEncoding, decodeText } from './decode.ts';
import { count, tooMuch } from './failures.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import type { Limits } from './options.ts';

/** Main content that keeps less than this share of a page's words has lost something. */
const LEAST_SHARE = 0.5;
/** Characters of markup over which the search for the main content is left out: it takes time for each element. */
const READABLE_MARKUP = 3_000_000;

const NOT_SHOWN = 'script, style, noscript, template, [hidden], [aria-hidden="true"]';

/** All that such a link says. */
const LINK_MARK = /^\s*[¶#§]\s*$/;

/** Elements within elements, as in Chromium; more takes minutes. Those that are often left open are not counted. */
const DEEPEST = 512;
const TAGS = /<(\/?)(?:article|blockquote|center|div|main|ol|section|span|table|ul)\b/gi;

/** The main content of a page where it can be told, else its whole body; never its scripts or what it hides. */
export function parseHtml(bytes: Buffer, limits: Limits): ParsedDocument {
  const markup = decodeText(bytes, limits.maxCharacters, declaredEncoding(bytes));
  refuseDeep(markup);
  const $ = load(markup);
  const title = $('title').first().text().replace(/\s+/g, ' ').trim() || null;
  $(NOT_SHOWN).remove();
  // What a site puts beside a heading to link to it.
  $('a')
    .filter((_, link) => LINK_MARK.test($(link).text()))
    .remove();
  // What is around the content on every page of a site; an article's own header stays.
  const whole = htmlToMarkdown($('body').toArray());
  const stripped = () => {
    $('body > nav, body > footer, nav, [role="navigation"], [role="banner"], [role="contentinfo"]').remove();
    return htmlToMarkdown($('body').toArray()) || whole;
  };
  const main = markup.length > READABLE_MARKUP ? null : mainContent($.html());
  const body = stripped();
  const text = main && words(main) >= LEAST_SHARE * words(body) ? main : body;
  return { text, mediaType: 'text/html', title };
}

/** All that a piece of HTML shows, where none of it is a site's own. */
export function htmlText(markup: string): string {
  refuseDeep(markup);
  const $ = load(markup);
  $(NOT_SHOWN).remove();
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

function mainContent(markup: string): string | null {
  try {
    const { document } = parseHTML(markup);
    // Its type is the browser's Document, which linkedom's is in all that Readability touches.
    const article = new Readability(document as unknown as ConstructorParameters<typeof Readability>[0], {
      keepClasses: false,
      maxElemsToParse: 100_000,
    }).parse();
    if (!article?.content) return null;
    const content = htmlToMarkdown(load(article.content, null, false).root().toArray() as AnyNode[]);
    const heading = article.title?.trim();
    return heading && !/^#/m.test(content.slice(0, 2_000)) ? `# ${heading}\n\n${content}` : content;
  } catch {
    // It is a search for something better than the whole body, which is read without it.
    return null;
  }
}

const words = (markdown: string): number => markdown.replace(/[^\p{L}\p{N}]+/gu, '').length;
