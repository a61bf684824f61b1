import { format, isDateFormat } from 'numfmt';
import type { Package } from './package.ts';
import { readXml } from './xml-events.ts';

/** Formats that have a number and no code in the file (ECMA-376 part 1, 18.8.30). */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  12: '# ?/?',
  13: '# ??/??',
  14: 'yyyy-mm-dd',
  15: 'yyyy-mm-dd',
  16: 'd-mmm',
  17: 'mmm yyyy',
  18: 'hh:mm',
  19: 'hh:mm:ss',
  20: 'hh:mm',
  21: 'hh:mm:ss',
  22: 'yyyy-mm-dd hh:mm',
  // Dates and times of Chinese, Japanese and Korean programs (the same, by language).
  27: 'yyyy-mm-dd',
  28: 'yyyy-mm-dd',
  29: 'yyyy-mm-dd',
  30: 'yyyy-mm-dd',
  31: 'yyyy-mm-dd',
  32: 'hh:mm',
  33: 'hh:mm:ss',
  34: 'hh:mm',
  35: 'hh:mm:ss',
  36: 'yyyy-mm-dd',
  37: '#,##0',
  38: '#,##0',
  39: '#,##0.00',
  40: '#,##0.00',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
  48: '##0.0E+0',
  50: 'yyyy-mm-dd',
  51: 'yyyy-mm-dd',
  52: 'yyyy-mm-dd',
  53: 'yyyy-mm-dd',
  54: 'yyyy-mm-dd',
  55: 'yyyy-mm-dd',
  56: 'yyyy-mm-dd',
  57: 'yyyy-mm-dd',
  58: 'yyyy-mm-dd',
};
const DAYS_TO_1904 = 1_462;
/** Excel's limit. */
const LONGEST_CODE = 255;

/** The number format's code of each cell style. Empty for none. */
export function formatsIn(parts: Package): readonly string[] {
  const codes = new Map<number, string>();
  const styles: string[] = [];
  let within = '';
  readXml(parts.pieces('xl/styles.xml'), {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') within = name;
      else if (name === 'xf' && within === 'cellXfs') {
        const id = Number(attributes['numFmtId'] ?? 0);
        styles.push(codes.get(id) ?? BUILT_IN[id] ?? '');
      }
    },
    close(name) {
      if (name === 'cellXfs') within = '';
    },
  });
  return styles;
}

export interface Cell {
  /** s: a shared string; str, inlineStr: text; b: true or false; e: an error; d: a date; n: a number. */
  readonly type: string;
  readonly value: string;
  readonly style: number;
  readonly formula: string;
}
export type CellText = (cell: Cell) => string;

/** The displayed text of a cell. */
export function cellTextOf(strings: readonly string[], formats: readonly string[], from1904: boolean): CellText {
  return ({ type, value, style, formula }) => {
    if (type === 's') return strings[Number(value)] ?? '';
    if (type === 'b') return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
    if (type === 'd') return value.replace(/T00:00:00(?:\.0+)?Z?$/, '').replace('T', ' ');
    if (type !== 'n' || value === '') return value === '' && formula !== '' ? `=${formula}` : value;
    return numberText(value, formats[style] ?? '', from1904);
  };
}

const hasDay = (code: string): boolean => /[dy]/i.test(bare(code)) || /m{3}/i.test(bare(code));
const hasTime = (code: string): boolean => /[hs]/i.test(bare(code));
/** A format's code without its literal texts. */
const bare = (code: string): string => code.replace(/"[^"]*"|\\.|\[[^[\]]*\]/g, '');

function numberText(value: string, code: string, from1904: boolean): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  if (code === '' || code.length > LONGEST_CODE || /^(?:general|@)$/i.test(code)) return plainNumber(value, number);
  try {
    if (!isDateFormat(code)) return format(code, number).trim();
    const serial = from1904 ? number + DAYS_TO_1904 : number;
    // One date format, independent of the reader's locale.
    if (hasDay(code)) return isoDate(serial, hasTime(code));
    return format(code, serial).trim();
  } catch {
    return plainNumber(value, number);
  }
}

/** Removes the error of binary fractions in the last digits. */
function plainNumber(value: string, number: number): string {
  if (!/[.eE]/.test(value)) return value;
  return String(Number(number.toPrecision(15)));
}

/** Days since 1900 as Excel counts them, with a 29 February 1900 that there was not. */
function isoDate(serial: number, withTime: boolean): string {
  const day = serial < 60 ? serial + 1 : serial;
  const date = new Date(Math.round((day - 25_569) * 86_400) * 1_000);
  if (Number.isNaN(date.getTime())) return String(serial);
  const iso = date.toISOString();
  return withTime ? iso.slice(0, 19).replace('T', ' ').replace(/:00$/, '') : iso.slice(0, 10);
}
