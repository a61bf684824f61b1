/** Refuses pages whose elements nest deeper than a page's do: reading them takes time that grows with the square of the depth, or faster. */
import type { CheerioAPI } from 'cheerio';
import { count, tooMuch } from './failures.ts';

/** Elements within elements, as in Chromium; more takes minutes. Those that are often left open are not counted. */
const DEEPEST = 512;
const TAGS =
  /<(\/?)(?:address|article|aside|blockquote|button|center|details|dialog|dir|div|dl|fieldset|figcaption|figure|footer|form|header|hgroup|main|menu|nav|object|ol|pre|section|select|span|summary|table|template|ul)\b/gi;
/**
 * Elements that a parser opens again in each block until they are closed
 * (https://html.spec.whatwg.org/multipage/parsing.html#reconstruct-the-active-formatting-elements), those that are open three times
 * with equal attributes aside. A thousand of them in blocks make a million elements.
 */
const MOST_OPEN = 256;
const FORMATTING = /<(\/?)(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b([^<>]{0,2000})/gi;
const MOST_EQUAL = 3;
/** Elements within elements of the tree, those that are left open included. */
const DEEPEST_TREE = 5_000;

const tooDeep = (most: number) =>
  tooMuch(`The file nests more than ${count(most)} elements in each other, which is too much to read`);

/** Elements that stand within a line; those that are left open nest in each other until a block begins. */
const IN_LINE =
  /<(\/?)(?:(abbr|b|big|bdi|bdo|cite|code|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|ruby|s|samp|small|span|strike|strong|sub|sup|tt|u|var)|(?!r[bpt]\b)[a-z][a-z0-9]{0,20})\b/gi;

/** A parser of HTML takes time that grows with the square of the elements that are open in a line. */
function refuseOpenLine(markup: string): void {
  let open = 0;
  for (const [, slash, name] of markup.matchAll(IN_LINE)) {
    if (name === undefined) open = 0;
    else open = slash === '/' ? Math.max(0, open - 1) : open + 1;
    if (open > DEEPEST_TREE) throw tooDeep(DEEPEST_TREE);
  }
}

/** Before it is parsed. */
export function refuseDeepMarkup(markup: string): void {
  let depth = 0;
  for (const [, slash] of markup.matchAll(TAGS)) {
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    if (depth > DEEPEST) throw tooDeep(DEEPEST);
  }
  refuseManyOpen(markup);
  refuseOpenLine(markup);
}

function refuseManyOpen(markup: string): void {
  /** By name, the attributes of each that is open. */
  const open = new Map<string, string[]>();
  const equal = new Map<string, number>();
  let counted = 0;
  for (const [, slash, tag = '', attributes = ''] of markup.matchAll(FORMATTING)) {
    const name = tag.toLowerCase();
    const those = open.get(name) ?? [];
    open.set(name, those);
    const closed = slash === '/' ? those.pop() : undefined;
    const key = `${name} ${slash === '/' ? closed : attributes}`;
    const before = equal.get(key) ?? 0;
    if (slash !== '/') {
      those.push(attributes);
      equal.set(key, before + 1);
      if (before < MOST_EQUAL) counted += 1;
    } else if (closed !== undefined) {
      equal.set(key, before - 1);
      if (before <= MOST_EQUAL) counted -= 1;
    }
    if (counted > MOST_OPEN) throw tooDeep(MOST_OPEN);
  }
}

/** After it was parsed. */
export function refuseDeepTree($: CheerioAPI): void {
  let level = $.root().contents().toArray();
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST_TREE) throw tooDeep(DEEPEST_TREE);
    level = level.flatMap((node) => ('children' in node ? node.children : []));
  }
}
