/** Formats a number as a word processor does: the formats of ECMA-376 part 1, 17.18.59 for English and Chinese. */
export function numeral(value: number, format: string): string {
  const write = FORMATS[format];
  const number = Math.min(Math.max(0, value), LARGEST);
  return write ? write(number) : String(number);
}

const LARGEST = 999_999;

/** Roman numerals for thousands, hundreds, tens and ones. */
const ROMAN = [
  ['', 'm', 'mm', 'mmm'],
  ['', 'c', 'cc', 'ccc', 'cd', 'd', 'dc', 'dcc', 'dccc', 'cm'],
  ['', 'x', 'xx', 'xxx', 'xl', 'l', 'lx', 'lxx', 'lxxx', 'xc'],
  ['', 'i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix'],
];

function roman(value: number): string {
  if (value < 1 || value > 3_999) return String(value);
  return [...String(value).padStart(4, '0')].map((digit, place) => ROMAN[place]?.[Number(digit)]).join('');
}

/** a to z, then aa, bb. */
function letters(value: number): string {
  const turns = Math.ceil(value / 26);
  return value < 1 || turns > 10 ? String(value) : String.fromCharCode(0x61 + ((value - 1) % 26)).repeat(turns);
}

const PLAIN = { digits: '〇一二三四五六七八九', units: ['', '十', '百', '千'], tenThousand: '万' };
const TRADITIONAL = { ...PLAIN, tenThousand: '萬' };
const LEGAL = { digits: '零壹贰叁肆伍陆柒捌玖', units: ['', '拾', '佰', '仟'], tenThousand: '万' };
const LEGAL_TRADITIONAL = { digits: '零壹貳參肆伍陸柒捌玖', units: ['', '拾', '佰', '仟'], tenThousand: '萬' };

/** The spoken number: 十二, 一百零五, 一千零二十. */
function counted(value: number, script: typeof PLAIN): string {
  if (value === 0) return '零';
  if (value >= 10_000) {
    const rest = value % 10_000;
    const gap = rest > 0 && rest < 1_000 ? '零' : '';
    return `${counted(Math.floor(value / 10_000), script)}${script.tenThousand}${gap}${rest > 0 ? counted(rest, script) : ''}`;
  }
  let text = '';
  let gap = false;
  for (const [place, digit] of [...String(value)].entries()) {
    const unit = String(value).length - 1 - place;
    if (digit === '0') gap = true;
    else {
      text += `${gap ? '零' : ''}${script.digits[Number(digit)]}${script.units[unit]}`;
      gap = false;
    }
  }
  return text.startsWith('一十') ? text.slice(1) : text;
}

const digits = (value: number): string =>
  String(value).replace(/\d/g, (digit) => PLAIN.digits[Number(digit)] as string);
/** Takes a sign from a sequence; plain digits after its end. */
const oneOf = (signs: string) => (value: number) => [...signs][value - 1] ?? String(value);
const oneFrom = (first: number, last: number) => (value: number) =>
  value >= 1 && value <= last ? String.fromCodePoint(first + value - 1) : String(value);

const chinese = (value: number) => counted(value, PLAIN);
const traditional = (value: number) => counted(value, TRADITIONAL);

const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  decimalZero: (value) => String(value).padStart(2, '0'),
  lowerLetter: letters,
  upperLetter: (value) => letters(value).toUpperCase(),
  lowerRoman: roman,
  upperRoman: (value) => roman(value).toUpperCase(),
  none: () => '',
  decimalFullWidth: (value) => String(value).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  decimalEnclosedCircle: oneFrom(0x2460, 20),
  decimalEnclosedCircleChinese: oneFrom(0x2460, 20),
  decimalEnclosedParen: oneFrom(0x2474, 20),
  decimalEnclosedFullstop: oneFrom(0x2488, 20),
  chineseCounting: chinese,
  chineseCountingThousand: chinese,
  japaneseCounting: chinese,
  chineseLegalSimplified: (value) => counted(value, LEGAL),
  taiwaneseCounting: traditional,
  taiwaneseCountingThousand: traditional,
  ideographLegalTraditional: (value) => counted(value, LEGAL_TRADITIONAL),
  ideographDigital: digits,
  taiwaneseDigital: digits,
  japaneseDigitalTenThousand: digits,
  ideographTraditional: oneOf('甲乙丙丁戊己庚辛壬癸'),
  ideographZodiac: oneOf('子丑寅卯辰巳午未申酉戌亥'),
  ideographZodiacTraditional: oneOf('子丑寅卯辰巳午未申酉戌亥'),
};
