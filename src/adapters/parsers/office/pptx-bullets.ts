import { numeral } from '../docx-numerals.ts';

/** A paragraph of a slide, as its file describes it. */
export interface SlideParagraph {
  readonly text: string;
  readonly level: number;
  /** `own`: the paragraph has a bullet. `none`: it says that it has none. `layout`: the slide's layout decides. */
  readonly bullet: 'own' | 'none' | 'layout';
  /** Its kind of number, as `arabicPeriod`, and the first number. */
  readonly numbering?: { readonly type: string; readonly start: number };
}

/** A line this long is taken for a wrapped one where the next begins in the same block. */
const LONG = 36;

/**
 * The paragraphs of a shape as lines: those with a bullet or a number as items of a list, also those of a body of several paragraphs,
 * whose bullets the layout draws. Others are paragraphs of their own if they are long.
 */
export function slideText(paragraphs: readonly SlideParagraph[], isBody: boolean): string {
  const isList = isBody && paragraphs.filter(({ bullet }) => bullet !== 'none').length > 1;
  /** The last number of each level. */
  const numbers: number[] = [];
  let text = '';
  let before: { readonly isItem: boolean; readonly isLong: boolean } | undefined;
  for (const { text: own, level, bullet, numbering } of paragraphs) {
    const isItem = bullet === 'own' || (bullet === 'layout' && (isList || level > 0));
    numbers.length = Math.min(numbers.length, numbering ? level + 1 : level);
    if (numbering) numbers[level] = (numbers[level] ?? numbering.start - 1) + 1;
    const mark = numbering ? `${numberOf(numbering.type, numbers[level] ?? 1)} ` : isItem ? '- ' : '';
    const indent = '  '.repeat(level);
    if (before) text += before.isItem === isItem && (isItem || !before.isLong) ? '\n' : '\n\n';
    text += indent + mark + own.replaceAll('\n', mark === '' ? '\n' : `\n${indent}  `);
    before = { isItem, isLong: own.length > LONG };
  }
  return text;
}

const SCRIPTS: readonly (readonly [pattern: RegExp, format: string])[] = [
  [/^alphaLc/, 'lowerLetter'],
  [/^alphaUc/, 'upperLetter'],
  [/^romanLc/, 'lowerRoman'],
  [/^romanUc/, 'upperRoman'],
  [/^ea1(?:Chs|Jpn)/, 'chineseCounting'],
  [/^ea1Cht/, 'taiwaneseCounting'],
  [/^circleNum/, 'decimalEnclosedCircle'],
];

/** A number as PowerPoint writes it: ECMA-376 part 1, 20.1.10.61. */
function numberOf(type: string, number: number): string {
  const format = SCRIPTS.find(([pattern]) => pattern.test(type))?.[1] ?? 'decimal';
  const written = numeral(number, format);
  if (type.endsWith('ParenBoth')) return `(${written})`;
  if (type.endsWith('ParenR')) return `${written})`;
  return type.endsWith('Plain') ? written : `${written}.`;
}
