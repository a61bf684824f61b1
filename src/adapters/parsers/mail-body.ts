import type { Email } from 'postal-mime';
import { htmlText } from './html.ts';
import type { Limits } from './options.ts';

/** The share of a version's words that the other one may lack and still say the same. */
const SAME = 0.1;
/** Words that a version may lack without a share: a link to unsubscribe. */
const FEW = 5;

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * The plain text of a message, where it says all that its page shows; else the page, where that says all of the plain text; else both.
 * Programs leave tables out of the plain text, or write there that the reader cannot show the page.
 */
export function bodyOf({ text = '', html }: Email, limits: Limits): string {
  if (!html || html.length > limits.maxCharacters) return text;
  const page = htmlText(html);
  if (text.trim() === '' || page === '') return page || text;
  const plain = withoutAddresses(text);
  if (saysAll(plain, page)) return text;
  return saysAll(page, plain) || saysLittle(plain, page) ? page : `${text.trim()}\n\n${page}`;
}

/** Addresses of links stand in the plain text alone. */
const withoutAddresses = (text: string): string =>
  text.replace(/<?\bhttps?:\/\/[^\s<>]{1,2000}>?|\[(?:cid|image):[^\]\n]{0,300}\]/gi, ' ');

function saysAll(text: string, other: string): boolean {
  const held = new Set(wordsIn(text));
  const asked = wordsIn(other);
  const missing = asked.filter((word) => !held.has(word));
  // Numbers are never words of a frame.
  if (missing.some((word) => /\p{N}/u.test(word))) return missing.length <= SAME * asked.length && missing.length <= 1;
  return missing.length <= Math.max(FEW, SAME * asked.length) && missing.length < asked.length / 2;
}

/** True for a plain text such as "Your program cannot show this message". */
const saysLittle = (text: string, page: string): boolean => 3 * wordsIn(text).length < wordsIn(page).length;
