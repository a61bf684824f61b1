/** Passes passages of documents to a model: as data, in a frame that no document can close. */
import { createHash } from 'node:crypto';
import type { Passage } from '../turn.ts';

export interface Framed {
  /** The passages between two lines that hold the frame's name. */
  readonly content: string;
  /** The name: a hash of all that is framed, so no text can hold it, and the same passages get the same name. */
  readonly name: string;
}

export function framed(passages: readonly Passage[]): Framed {
  const content = passages.map(renderPassage).join('\n');
  const name = `documents-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  return { content: `<${name}>\n${content}\n</${name}>`, name };
}

/** Another text as data, in a frame of its own. */
export function framedText(kind: 'summary' | 'conversation', text: string): Framed {
  const name = `${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  return { content: `<${name}>\n${text}\n</${name}>`, name };
}

function renderPassage({ documentTitle, heading, text }: Passage, index: number): string {
  const source = [documentTitle, heading].filter(Boolean).join(' > ');
  return `<passage number="${index + 1}" source="${label(source)}">\n${inert(text)}\n</passage>`;
}

/** A title on one line, without what could end an attribute or a tag. */
const label = (text: string): string => inert(text).replaceAll('"', "'").replace(/[<>]/g, '|').replace(/\s+/g, ' ');

/** Characters that look like one of `<`, and the ways to write one where it would have a meaning. */
const OPENING = String.raw`(?:[<‹〈⟨❮˂ᐸ᚜＜﹤]|&(?:lt|#0*60|#x0*3c);?|%3c|\\u003c|\\u\{0*3c\}|\\x3c)`;
const SLASH = String.raw`(?:[/\\⁄∕⧸╱]|&(?:sol|#0*47|#x0*2f);?|%2f)`;
const FRAME = new RegExp(`(${OPENING})\\s*(?:${SLASH}\\s*)*p\\s*a\\s*s\\s*s\\s*a\\s*g\\s*e`, 'gu');
const MAY_OPEN = /[<‹〈⟨❮˂ᐸ᚜＜﹤&%\\]/;
const INVISIBLE = /[\p{Cf}\p{Mn}\p{Me}\p{Cc}\p{Variation_Selector}\u115f\u1160\u3164\uffa0]/u;
/** Letters of other scripts that look like those of the frame's name, after NFKC and in lower case. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({ p: 'рρþ⍴ᴘ', a: 'аαɑᴀ', s: 'ѕꜱƽ', g: 'ɡցɢ', e: 'еεҽ℮ᴇ' }).flatMap(([letter, others]) =>
    [...others].map((other) => [other, letter] as const),
  ),
);

/**
 * A text in which nothing reads as the beginning or the end of a passage, however it is spelled: in capitals, with blanks or
 * invisible characters in it, in full-width or mathematical letters, in look-alikes of other scripts, as an entity. Only the
 * opening bracket of such a place changes.
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

/** The text without what is invisible, in plain lower-case letters where it has any, and where each code unit stood. */
function fold(text: string): { readonly folded: string; readonly origins: readonly number[] } {
  let folded = '';
  const origins: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain = character <= '\x7f' && character >= ' ' ? character.toLowerCase() : foldOther(character);
    folded += plain;
    for (let unit = 0; unit < plain.length; unit += 1) origins.push(at);
    at += character.length;
  }
  return { folded, origins };
}

function foldOther(character: string): string {
  if (/\s/u.test(character)) return ' ';
  if (INVISIBLE.test(character)) return '';
  let plain = '';
  for (const part of character.normalize('NFKD').toLowerCase())
    if (!INVISIBLE.test(part)) plain += LOOKALIKES.get(part) ?? part;
  return plain;
}
