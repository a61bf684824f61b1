/** A language's letters besides a to z, lower case, frequent ones first, and its legacy single-byte encodings. */
export interface Language {
  readonly code: string;
  readonly letters: string;
  /** Letters that only borrowed words have. */
  readonly rare?: string;
}

const WEST: readonly Language[] = [
  { code: 'deu', letters: 'üäöß', rare: 'éèàç' },
  { code: 'fra', letters: 'éèàêçùôîâûëïœ', rare: 'üöñæÿ' },
  { code: 'spa', letters: 'óíáéñúü', rare: 'ç' },
  { code: 'por', letters: 'ãçáéíóõêâúôà', rare: 'ü' },
  { code: 'ita', letters: 'àèùòìé', rare: 'îóíú' },
  { code: 'nld', letters: 'ëéïèöüê', rare: 'çáóà' },
  { code: 'dan', letters: 'øåæ', rare: 'éöüä' },
  { code: 'nob', letters: 'øåæ', rare: 'éöüäóòô' },
  { code: 'swe', letters: 'äåö', rare: 'éüàø' },
  { code: 'fin', letters: 'äö', rare: 'åéšžü' },
  { code: 'isl', letters: 'íáðóþéöúæý', rare: 'ü' },
  { code: 'cat', letters: 'àéèíòóúçïü' },
  { code: 'eng', letters: 'é', rare: 'èïöüñçêàáíóâôäæœ' },
];
const CENTRAL: readonly Language[] = [
  { code: 'ces', letters: 'íáéěýčžřšůúňťďó', rare: 'öüä' },
  { code: 'slk', letters: 'áíýčéžšúľťňďôäóĺŕ', rare: 'öüř' },
  { code: 'pol', letters: 'łąęóżśćńź', rare: 'üöé' },
  { code: 'hun', letters: 'áéíöóőúüű', rare: 'ä' },
  { code: 'ron', letters: 'ăîâşţșț', rare: 'é' },
  { code: 'hrv', letters: 'čšžćđ', rare: 'éö' },
  { code: 'slv', letters: 'čšž', rare: 'ćđöü' },
  { code: 'deu', letters: 'üäöß', rare: 'éç' },
];
const RUSSIAN: Language = { code: 'rus', letters: 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёъ' };
const UKRAINIAN: Language = { code: 'ukr', letters: 'оанивіртслекдмупязьбгйчхцїжюшєфщґ' };
const CYRILLIC: readonly Language[] = [
  RUSSIAN,
  UKRAINIAN,
  { code: 'bul', letters: 'аоеинтрвслкпдмзяъбугцчжшхйфщюь' },
  { code: 'srp', letters: 'аоиенрстјувкдпмлгзбљњћчшжхцђфџ' },
];
const TURKISH: Language = { code: 'tur', letters: 'ıişüçğöİ', rare: 'âîûé' };
const BALTIC: readonly Language[] = [
  { code: 'lit', letters: 'ėšųįžąūčę', rare: 'ü' },
  { code: 'lav', letters: 'āīēšņūļžģķčŗ', rare: 'ö' },
  { code: 'est', letters: 'äõüöšž', rare: 'é' },
];
const GREEK: Language = { code: 'ell', letters: 'αοιετσνηρπκμλυίάόέωγήδχθφύώβξζςψϊΐϋΰ' };
const VIETNAMESE: Language = { code: 'vie', letters: 'đăâêôơưàáèéìíòóùúýãõ\u0300\u0301\u0303\u0309\u0323' };
const HEBREW: Language = { code: 'heb', letters: 'יוהלארתשמבנםעדחקפגכטסזצןךףץ\u05b0-\u05bc\u05c1\u05c2' };
const ARABIC: readonly Language[] = [
  { code: 'arb', letters: 'اليموترنبعةدسفكهحقجشأصطذضغخزثظءىإئؤآ،؛؟ـ\u064b-\u0652' },
  { code: 'pes', letters: 'ایرنودمهتسبشکزآلفعقحخجصپضگطغچءظذئثأژي،؛؟ك\u200c' },
];
const THAI: Language = { code: 'tha', letters: '\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59' };

export interface Encoding {
  /** The name in the WHATWG Encoding Standard. */
  readonly name: string;
  readonly languages: readonly Language[];
  /** How rare files in this encoding are. Subtracted from a text's score. */
  readonly rarity: number;
  /** Its letters are none of the Latin alphabet. */
  readonly isOtherScript: boolean;
}

const latin = (name: string, rarity: number, languages: readonly Language[]): Encoding => ({
  name,
  languages,
  rarity,
  isOtherScript: false,
});
const other = (name: string, rarity: number, languages: readonly Language[]): Encoding => ({
  ...latin(name, rarity, languages),
  isOtherScript: true,
});

/** Encodings of one byte a character. */
export const ENCODINGS: readonly Encoding[] = [
  latin('windows-1252', 0, WEST),
  latin('windows-1250', 0.2, CENTRAL),
  other('windows-1251', 0.1, CYRILLIC),
  other('koi8-u', 0.3, [RUSSIAN, UKRAINIAN]),
  other('windows-1253', 0.2, [GREEK]),
  latin('windows-1254', 0.3, [TURKISH]),
  other('windows-1255', 0.3, [HEBREW]),
  other('windows-1256', 0.3, ARABIC),
  latin('windows-1257', 0.5, BALTIC),
  latin('windows-1258', 0.5, [VIETNAMESE]),
  other('windows-874', 0.4, [THAI]),
  latin('iso-8859-2', 0.4, CENTRAL),
  other('iso-8859-5', 0.6, CYRILLIC),
  other('iso-8859-7', 0.3, [GREEK]),
  other('ibm866', 0.6, [RUSSIAN]),
  latin(
    'iso-8859-15',
    0.3,
    WEST.filter(({ code }) => /^(?:fra|deu|fin)$/.test(code)),
  ),
  latin('iso-8859-4', 0.8, BALTIC),
  latin(
    'iso-8859-16',
    0.8,
    CENTRAL.filter(({ code }) => code === 'ron'),
  ),
  other('iso-8859-6', 0.5, ARABIC.slice(0, 1)),
  latin('macintosh', 0.6, WEST),
  other('x-mac-cyrillic', 0.8, [RUSSIAN]),
];
