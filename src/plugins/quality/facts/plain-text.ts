/** Numbers as corpora of separated words write them: `13 , 000` and `98 . 7`. */
const THOUSANDS = /(?<![\d,.])(\d{1,3}(?:,\d{3})*) ?, ?(?=\d{3}(?!\d))/g;
const DECIMALS = /(?<!\d)(\d{1,3}) \. ?(?=\d{1,3}(?!\d))/g;

/** A text as facts are read from it: NFKC (so full width is half), numbers without spaces inside. */
export const plainText = (raw: string): string =>
  raw.normalize('NFKC').replace(THOUSANDS, '$1,').replace(THOUSANDS, '$1,').replace(DECIMALS, '$1.');
