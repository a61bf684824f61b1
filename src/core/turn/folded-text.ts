/** Reads a text as a language model may: whatever the ways are in which its characters are spelled. */

const INVISIBLE = /[\p{Cf}\p{Mn}\p{Me}\p{Cc}\p{Variation_Selector}\u115f\u1160\u2800\u3164\uffa0]/u;
/** Letters of other scripts that look like those of the word `passage`, after NFKD and in lower case. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    p: 'рρþƥ⍴ᴘꓑꮲ𐌐🅟🅿🇵',
    a: 'аαɑᴀꓮꭺ𐌀🅐🅰🇦',
    s: 'ѕꜱƽʂտꓢꮪ𐌔🅢🆂🇸',
    g: 'ɡցɢɠꓖꮐ𐌂🅖🅶🇬',
    e: 'еεҽ℮ᴇєꓰꭼ𐌄🅔🅴🇪',
  }).flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
);
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    lt: '<',
    lang: '⟨',
    langle: '⟨',
    lsaquo: '‹',
    sol: '/',
    bsol: '\\',
    nbsp: ' ',
    zwnj: '',
    zwj: '',
    shy: '',
  }),
);
/**
 * One character as an entity, percent-encoded, or as an escape of a programming language; `&` and `%` themselves encoded up to three
 * times. All repetitions are bounded, so that it costs each position a bounded time.
 */
const ESCAPE =
  /&(?:amp;|#0{0,8}38;|#x0{0,8}26;){0,3}(?:#x0{0,20}([\da-f]{1,6})|#0{0,20}(\d{1,7})|([a-z]{2,6}));?|%(?:25){0,3}(?:u00)?([\da-f]{2})|\\{1,4}(?:(?:x|U000000|u00|u\{0{0,8})([\da-f]{2})\}?|0?([0-7]{2,3})|([\da-f]{2}) ?|N\{(less-than sign|solidus)\})/iy;

export interface Folded {
  /** In plain lower-case letters where it has any, without what is invisible. */
  readonly folded: string;
  /** Where in the text each code unit of `folded` stood. */
  readonly origins: readonly number[];
}

/** Takes time in proportion to the text. */
export function fold(text: string): Folded {
  let folded = '';
  const origins: number[] = [];
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    const escaped = '&%\\'.includes(character) ? escapeAt(text, at) : null;
    const plain = escaped ? escaped.plain : plainOf(character);
    folded += plain;
    for (let unit = 0; unit < plain.length; unit += 1) origins.push(at);
    at += escaped ? escaped.length : character.length;
  }
  return { folded, origins };
}

function escapeAt(text: string, at: number): { readonly plain: string; readonly length: number } | null {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(text);
  if (!match) return null;
  const [whole, hex, decimal, name, percent, code, octal, css, called] = match;
  const length = whole.length;
  if (called !== undefined) return { plain: called.toLowerCase() === 'solidus' ? '/' : '<', length };
  if (name !== undefined) {
    const plain = NAMED.get(name.toLowerCase());
    return plain === undefined ? null : { plain, length };
  }
  const sixteen = hex ?? percent ?? code ?? css;
  const point =
    sixteen === undefined
      ? Number.parseInt(decimal ?? octal ?? '', decimal === undefined ? 8 : 10)
      : Number.parseInt(sixteen, 16);
  return point > 0x10ffff ? null : { plain: plainOf(String.fromCodePoint(point)), length };
}

function plainOf(character: string): string {
  if (character < '\x7f' && character >= ' ') return character.toLowerCase();
  if (/\s/u.test(character)) return ' ';
  if (INVISIBLE.test(character)) return '';
  let plain = '';
  for (const part of character.normalize('NFKD').toLowerCase())
    if (!INVISIBLE.test(part)) plain += LOOKALIKES.get(part) ?? part;
  return plain;
}
