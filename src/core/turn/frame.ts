/** Passes passages of documents to a model: as data, in a frame that no document can close. */
import { createHash } from 'node:crypto';
import type { Passage } from '../turn.ts';
import { fold } from './folded-text.ts';

export interface Framed {
  /** The passages between two lines that hold the frame's name; each begins with a tag that holds the name's hash. */
  readonly content: string;
  /** Has a hash of all that is framed, so no text can hold it, and the same passages get the same name. */
  readonly name: string;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export function framed(passages: readonly Passage[]): Framed {
  const texts = passages.map(
    ({ documentTitle, heading, text }) => [label([documentTitle, heading]), inert(text)] as const,
  );
  const id = hashOf(JSON.stringify(texts));
  const content = texts.map(
    ([source, text], index) => `<passage number="${index + 1}" id="${id}" source="${source}">\n${text}\n</passage>`,
  );
  const name = `documents-${id}`;
  return { content: `<${name}>\n${content.join('\n')}\n</${name}>`, name };
}

/** Another text as data, in a frame of its own. */
export function framedText(kind: 'summary' | 'conversation', text: string): Framed {
  const name = `${kind}-${hashOf(text)}`;
  return { content: `<${name}>\n${text}\n</${name}>`, name };
}

/** A title on one line, without what could end an attribute or a tag. */
const label = (parts: readonly (string | null)[]): string =>
  inert(parts.filter(Boolean).join(' > ')).replaceAll('"', "'").replace(/[<>]/g, '|').replace(/\s+/g, ' ');

/** What reads as the beginning or the end of a passage, once it is folded. */
const FRAME = /([<‹〈《⟨❬❮❰⧼˂ᐸᑅ᚜≺⋖⩽])\s*(?:[/\\?!⁄∕⧸╱∖⟋⟍]\s*)*p\s*a\s*s\s*s\s*a\s*g\s*e/gu;
const MAY_OPEN = /[<‹〈《⟨❬❮❰⧼˂ᐸᑅ᚜≺⋖⩽＜﹤︿︽&%\\]/;

/**
 * A text in which nothing reads as the beginning or the end of a passage, however it is spelled: in capitals, with blanks or
 * invisible characters in it, in full-width or mathematical letters, in look-alikes of other scripts, as entities or escapes, also
 * of entities. Only the opening bracket of such a place changes. No list of spellings is whole: the frame's hash is what no text has.
 */
export function inert(text: string): string {
  if (!MAY_OPEN.test(text)) return text;
  const { folded, origins } = fold(text);
  let result = '';
  let copied = 0;
  for (const match of folded.matchAll(FRAME)) {
    const start = origins[match.index] ?? 0;
    const end = origins[match.index + (match[1]?.length ?? 0)] ?? text.length;
    result += `${text.slice(copied, start)}[`;
    copied = end;
  }
  return result + text.slice(copied);
}
