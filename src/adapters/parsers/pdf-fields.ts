import type { Run } from './pdf-runs.ts';

/** The fields of PDF.js's annotation that are read. */
export interface Annotation {
  readonly subtype?: string;
  readonly fieldType?: string;
  readonly fieldValue?: unknown;
  readonly exportValue?: unknown;
  readonly buttonValue?: unknown;
  readonly checkBox?: boolean;
  readonly radioButton?: boolean;
  readonly password?: boolean;
  readonly hidden?: boolean;
  readonly annotationFlags?: number;
  readonly multiLine?: boolean;
  readonly options?: readonly { readonly exportValue?: unknown; readonly displayValue?: unknown }[];
  readonly contentsObj?: { readonly str?: string };
  readonly rect?: readonly number[];
}

/** Flags of an annotation that is not shown: hidden, no view (ISO 32000-1, 12.5.3). */
const UNSEEN = 2 | 32;
const LONGEST = 100_000;

/** A filled field of a form, or a text that was typed onto the page. */
export interface Field {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** The fields of a page that are filled, and its typed texts. Passwords and what is hidden are left out. */
export function fieldsOf(annotations: readonly Annotation[]): Field[] {
  return annotations.flatMap((annotation) => {
    const { hidden, password, annotationFlags = 0, rect } = annotation;
    const [left = 0, bottom = 0, right = 0, top = 0] = rect ?? [];
    if (hidden || password || (annotationFlags & UNSEEN) !== 0) return [];
    const text = textOf(annotation).slice(0, LONGEST).trim();
    return text === '' ? [] : [{ text, left, right, bottom, top }];
  });
}

function textOf(annotation: Annotation): string {
  const { subtype, fieldType, fieldValue, contentsObj, checkBox, radioButton, exportValue, buttonValue } = annotation;
  if (subtype === 'FreeText') return contentsObj?.str ?? '';
  if (subtype !== 'Widget') return '';
  if (fieldType === 'Tx') return typeof fieldValue === 'string' ? fieldValue : '';
  if (fieldType === 'Ch') return choiceOf(annotation);
  if (fieldType !== 'Btn' || (!checkBox && !radioButton)) return '';
  const value = radioButton ? buttonValue : exportValue;
  return typeof fieldValue === 'string' && fieldValue !== 'Off' && fieldValue === value ? '☒' : '☐';
}

function choiceOf({ fieldValue, options = [] }: Annotation): string {
  const values = Array.isArray(fieldValue) ? fieldValue : [fieldValue];
  return values
    .filter((value): value is string => typeof value === 'string' && value.trim() !== '')
    .map((value) => {
      const shown = options.find(({ exportValue }) => exportValue === value)?.displayValue;
      return typeof shown === 'string' ? shown : value;
    })
    .join(', ');
}

/** Inserts each field into the line of text at its height, after the text to its left. Without such a line it becomes its own line. */
export function withFields(runs: readonly Run[], fields: readonly Field[]): Run[] {
  const merged = [...runs];
  const turn = usualTurn(runs);
  for (const field of fields.map((one) => turned(one, turn))) {
    const place = placeOf(merged, field, turn);
    const added = runsOf(field, place, turn);
    if (place?.isBeside) merged[place.index] = { ...place.run, isLineEnd: false };
    merged.splice(place ? place.index + 1 : 0, 0, ...added);
  }
  return merged;
}

interface Place {
  readonly index: number;
  readonly run: Run;
  /** True: in the same line. False: above. */
  readonly isBeside: boolean;
}

function usualTurn(runs: readonly Run[]): number {
  const counts = [0, 0, 0, 0, 0, 0];
  for (const { turn, text } of runs) counts[turn] = (counts[turn] ?? 0) + text.length;
  return counts.indexOf(Math.max(...counts));
}

/** The field as its page is read, which may lie on its side. */
function turned({ text, left, right, bottom, top }: Field, turn: number): Field {
  if (turn === 1) return { text, left: bottom, right: top, bottom: -right, top: -left };
  if (turn === 2) return { text, left: -right, right: -left, bottom: -top, top: -bottom };
  if (turn === 3) return { text, left: -top, right: -bottom, bottom: left, top: right };
  return { text, left, right, bottom, top };
}

function runsOf(field: Field, place: Place | undefined, turn: number): Run[] {
  const lines = field.text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  const size = place?.run.size ?? 10;
  const bottom = place?.isBeside ? place.run.bottom : field.top - size;
  return lines.map((text, index) => ({
    text,
    left: field.left,
    right: Math.max(field.right, field.left + 1),
    bottom: bottom - index * size * 1.2,
    size,
    turn,
    isLineEnd: index < lines.length - 1 || !place?.isBeside || place.run.isLineEnd,
    isFixed: false,
  }));
}

/** The run that a field follows: the nearest to its left in the same line, else the last one above it. */
function placeOf(runs: readonly Run[], field: Field, turn: number): Place | undefined {
  let beside: Place | undefined;
  let above: Place | undefined;
  for (const [index, run] of runs.entries()) {
    if (run.turn !== turn || run.text.trim() === '') continue;
    const middle = run.bottom + run.size / 3;
    if (middle > field.bottom && middle < field.top && run.left < field.left + 1) {
      if (!beside || run.right >= beside.run.right) beside = { index, run, isBeside: true };
    } else if (run.bottom >= field.top - 1 && (!above || run.bottom <= above.run.bottom))
      above = { index, run, isBeside: false };
  }
  return beside ?? above;
}
