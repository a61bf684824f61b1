/** The place itself, or the one before it where that stands between the halves of a surrogate pair. */
export const betweenCharacters = (text: string, place: number): number =>
  /[\udc00-\udfff]/.test(text[place] ?? '') ? place - 1 : place;

/** The text in pieces of so many UTF-16 code units, at least two; no surrogate pair is cut. */
export function* piecesOf(text: string, length: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = betweenCharacters(text, at + length);
    yield text.slice(at, end);
    at = end;
  }
}
