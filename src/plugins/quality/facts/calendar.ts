import { HAN_NUMERAL, hanValue } from './numerals.ts';
import type { Quantity } from './quantity.ts';

/** A date or time of day, with its parts. Offsets into the text that was searched. */
export interface CalendarPart {
  readonly at: number;
  readonly length: number;
  readonly quantities: readonly Quantity[];
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTH =
  '(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\\.?';
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const YEAR = '(\\d{4})';
const HAN_DAY = `(\\d{1,2}|${HAN_NUMERAL})`;

/** What a text must have for a form to be looked for: a digit, or a character of Chinese, or nothing. */
type Needs = 'digit' | 'han' | 'any';

type Read = (match: RegExpExecArray) => { readonly [K in Quantity['kind']]?: number | undefined };

const monthOf = (name = ''): number =>
  MONTHS.findIndex((month) => month.startsWith(name.toLowerCase().slice(0, 3))) + 1;
const number = (digits: string | undefined): number | undefined =>
  digits === undefined ? undefined : /\d/.test(digits) ? Number(digits) : hanValue(digits);

/** Most specific first: what one has taken, no other sees. `may` and `march` alone are months only after these prepositions. */
const FORMS: readonly (readonly [RegExp, Read, Needs])[] = [
  [
    /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/gu,
    (m) => ({ year: number(m[1]), month: number(m[2]), day: number(m[3]) }),
    'digit',
  ],
  [
    new RegExp(`\\b${MONTH}\\s+${DAY}(?:\\s*,?\\s*${YEAR})?\\b`, 'giu'),
    (m) => ({ month: monthOf(m[1]), day: number(m[2]), year: number(m[3]) }),
    'digit',
  ],
  [
    new RegExp(`\\b${DAY}(?:\\s+of)?\\s+${MONTH}(?:\\s*,?\\s*${YEAR})?(?!\\p{L})`, 'giu'),
    (m) => ({ day: number(m[1]), month: monthOf(m[2]), year: number(m[3]) }),
    'digit',
  ],
  [
    new RegExp(`\\b${MONTH}\\s*,?\\s+(?:of\\s+)?${YEAR}\\b`, 'giu'),
    (m) => ({ month: monthOf(m[1]), year: number(m[2]) }),
    'digit',
  ],
  [
    new RegExp(`\\b(?:in|since|until|by|of|from|to|last|next|during|early|late|mid)[\\s-]+${MONTH}(?!\\p{L})`, 'giu'),
    (m) => ({ month: monthOf(m[1]) }),
    'any',
  ],
  [
    /\b(January|February|April|June|July|August|September|October|November|December)\b/gu,
    (m) => ({ month: monthOf(m[1]) }),
    'any',
  ],
  [
    new RegExp(
      `(?:(\\d{4}|[〇零一二三四五六七八九]{4})\\s?年\\s?)(?:${HAN_DAY}\\s?月(?:份)?\\s?)?(?:${HAN_DAY}\\s?[日号])?`,
      'gu',
    ),
    (m) => ({ year: number(m[1]), month: number(m[2]), day: number(m[3]) }),
    'han',
  ],
  [
    new RegExp(`(?<!个)${HAN_DAY}\\s?月(?!\\s?球)(?:份)?\\s?(?:${HAN_DAY}\\s?[日号])?`, 'gu'),
    (m) => ({ month: number(m[1]), day: number(m[2]) }),
    'han',
  ],
  [/(?<!\d)(\d{4})s\b/gu, (m) => ({ year: number(m[1]) }), 'digit'],
  [
    new RegExp(`\\b(${WEEKDAYS.join('|')})\\b`, 'giu'),
    (m) => ({ weekday: WEEKDAYS.indexOf((m[1] ?? '').toLowerCase()) + 1 }),
    'any',
  ],
  [
    /(?:周|星期|礼拜)([一二三四五六日天])(?![岁年])/gu,
    (m) => ({ weekday: '一二三四五六日'.indexOf((m[1] ?? '').replace('天', '日')) + 1 }),
    'han',
  ],
  [
    /(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?(?:\s?([ap])\.?m\b\.?)?/giu,
    (m) => ({ time: minutes(m[1], m[2], m[3]) }),
    'digit',
  ],
  [/(?<![\d.])(1[0-2]|[1-9])\s?([ap])\.?m\b\.?/giu, (m) => ({ time: minutes(m[1], '0', m[2]) }), 'digit'],
  [
    /(?:(上午|下午|晚上|凌晨|早上|中午)\s?)?(\d{1,2})[点时](?!间|代|候|速)(?:(\d{1,2})分)?/gu,
    (m) => ({ time: minutes(m[2], m[3], m[1] === '下午' || m[1] === '晚上' ? 'p' : 'a') }),
    'digit',
  ],
];

function minutes(hour = '0', minute = '0', half = ''): number {
  const isAfternoon = half.toLowerCase() === 'p' && Number(hour) < 12;
  return (Number(hour) + (isAfternoon ? 12 : 0)) * 60 + Number(minute);
}

export const DIGIT = /\d/;
export const HAN = /\p{Script=Han}/u;

/** The dates, weekdays and times of day in a text, English or Chinese, each with its parts. */
export function calendarIn(text: string): CalendarPart[] {
  const parts: CalendarPart[] = [];
  let rest = text;
  const has = { digit: DIGIT.test(text), han: HAN.test(text), any: true };
  for (const [form, read, needs] of FORMS)
    for (const match of has[needs] ? rest.matchAll(form) : []) {
      const quantities = Object.entries(read(match)).flatMap(([kind, value]) =>
        value === undefined || Number.isNaN(value)
          ? []
          : [
              {
                kind: kind as Quantity['kind'],
                value,
                unit: null,
                text: spoken(match[0]),
                counted: null,
                at: match.index,
                minor: false,
              },
            ],
      );
      if (
        quantities.some(
          ({ kind, value }) => (kind === 'month' && (value < 1 || value > 12)) || (kind === 'day' && value > 31),
        )
      )
        continue;
      parts.push({ at: match.index, length: match[0].length, quantities });
      rest = rest.slice(0, match.index) + ' '.repeat(match[0].length) + rest.slice(match.index + match[0].length);
    }
  return parts;
}

/** The date as it is quoted, without its preposition. */
const spoken = (text: string): string =>
  text.trim().replace(/^(?:in|since|until|by|of|from|to|last|next|during|early|late|mid)[\s-]+|\.$/giu, '');
