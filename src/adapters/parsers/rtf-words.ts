/** Words that are a character. */
export const SYMBOLS: Readonly<Record<string, string>> = {
  tab: ' ',
  line: '\n',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  emdash: '—',
  endash: '–',
  bullet: '•',
  emspace: ' ',
  enspace: ' ',
  '~': '\u00a0',
  _: '\u2011',
  '{': '{',
  '}': '}',
  '\\': '\\',
};

/** Groups that hold no text of the document. */
const SKIPPED = new Set(
  'colortbl nonesttables pict objdata objclass objname objsect sp sn sv shprslt themedata colorschememapping datastore latentstyles listtable listoverridetable revtbl rsidtbl generator xmlnstbl filetbl fldinst atnid atnauthor atndate atnref annotation bkmkstart bkmkend datafield nonshppict mmath pntext listtext pn pnseclvl ftnsep ftnsepc aftnsep aftnsepc background do xe tc userprops docvar private falt panose author operator keywords subject comment doccomm company manager category hlinkbase creatim revtim printim buptim wgrffmtfilter levelnumbers leveltext templates'.split(
    ' ',
  ),
);
/** Groups after \* that hold text all the same. */
const SHOWN = new Set('shptxt footnote ftncn nesttableprops shpinst shppict fldrslt'.split(' '));

/** The effect of a control word that starts a group. Undefined for a word that starts none. `isOptional`: \* precedes it. */
export function isDestination(
  word: string,
  isOptional: boolean,
): 'text' | 'skip' | 'fonts' | 'styles' | 'title' | undefined {
  if (word === 'fonttbl') return 'fonts';
  if (word === 'stylesheet') return 'styles';
  if (word === 'title') return 'title';
  if (word === 'shptxt') return 'text';
  if (word === 'info' || word === 'shp' || word === 'listtext' || word === 'pntext' || word === 'shpinst')
    return undefined;
  if (SKIPPED.has(word)) return 'skip';
  return isOptional && !SHOWN.has(word) ? 'skip' : undefined;
}

const CODE_PAGES: Readonly<Record<number, string>> = {
  437: 'windows-1252',
  850: 'windows-1252',
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gb18030',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20866: 'koi8-r',
  65001: 'utf-8',
};

/** The encoding of a code page of Windows. */
export function codePageOf(page: number): string | undefined {
  if (page >= 1250 && page <= 1258) return `windows-${page}`;
  return CODE_PAGES[page];
}

const CHARSETS: Readonly<Record<number, number>> = {
  0: 1252,
  77: 10000,
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
};

/** The character set of fonts of signs. */
export const SYMBOL_CHARSET = 2;
/** Letters of the font Symbol from A to Z and from a to z, and its other signs. */
const GREEK = { upper: 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ', lower: 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ' };
const SIGNS: Readonly<Record<number, string>> = {
  163: '≤',
  165: '∞',
  174: '→',
  176: '°',
  177: '±',
  179: '≥',
  180: '×',
  183: '•',
  184: '÷',
  185: '≠',
  187: '≈',
  206: '∈',
  214: '√',
  229: '∑',
  242: '∫',
};

/** The characters that a font of signs shows for these bytes: Greek letters of Symbol; those of others keep the place that PDF and Word give them. */
export function signs(bytes: readonly number[], font: string): string {
  if (!/^symbol/i.test(font))
    return bytes.map((byte) => String.fromCharCode(byte < 0x21 ? byte : 0xf000 + byte)).join('');
  return bytes
    .map((byte) => {
      if (byte >= 0x41 && byte <= 0x5a) return GREEK.upper.charAt(byte - 0x41);
      if (byte >= 0x61 && byte <= 0x7a) return GREEK.lower.charAt(byte - 0x61);
      return byte < 0x80 ? String.fromCharCode(byte) : (SIGNS[byte] ?? String.fromCharCode(0xf000 + byte));
    })
    .join('');
}

/** The encoding of a font's character set. */
export const encodingOfCharset = (charset: number): string | undefined => codePageOf(CHARSETS[charset] ?? 0);
