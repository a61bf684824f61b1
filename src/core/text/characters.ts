/** The place itself, or the one before it where that stands between the halves of a surrogate pair. */
export const betweenCharacters = (text: string, place: number): number =>
  /[\udc00-\udfff]/.test(text[place] ?? '') ? place - 1 : place;

/** Cuts the text into pieces of `length` UTF-16 code units (at least 2). Cuts no surrogate pair. */
export function* piecesOf(text: string, length: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = betweenCharacters(text, at + length);
    yield text.slice(at, end);
    at = end;
  }
}

/**
 * The text without the characters at its end that `unwanted`, a pattern of one character, matches. A pattern such as /[#\s]+$/ would
 * search again from each of those characters: the square of a long row of them.
 */
export function trimmedEnd(text: string, unwanted: RegExp): string {
  let end = text.length;
  while (end > 0 && unwanted.test(text[end - 1] as string)) end -= 1;
  return text.slice(0, end);
}

/** Like `trimmedEnd`, at both ends. */
export function trimmedOf(text: string, unwanted: RegExp): string {
  let start = 0;
  while (start < text.length && unwanted.test(text[start] as string)) start += 1;
  return trimmedEnd(text.slice(start), unwanted);
}

/** Holds back a trailing high surrogate, and replaces what is no character: same length, so offsets stay. */
export function wholeCharacters(text: string): { readonly whole: string; readonly half: string } {
  const last = text.charCodeAt(text.length - 1);
  const half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : '';
  return { whole: storable(half === '' ? text : text.slice(0, -1)), half };
}

/** Lone surrogates and NUL become U+FFFD: Postgres holds neither. The length stays. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
