/** The numbers that a word processor shows before paragraphs but does not store: ECMA-376 part 1, 17.9. */
import { type CheerioAPI, load } from 'cheerio';
import type { Element } from 'domhandler';
import { numeral } from './docx-numerals.ts';

/** The numbering properties of a paragraph. */
export interface ParagraphNumbering {
  readonly style: string | undefined;
  readonly list: string | undefined;
  readonly level: number | undefined;
}

interface Level {
  readonly start: number;
  readonly format: string;
  /** Contains %1 to %9 for the numbers of the levels. */
  readonly text: string;
  /** The paragraphs of this style are of this level. */
  readonly style: string | undefined;
  /** Counted from 1. A paragraph of a deeper level does not restart this one. 0: no level restarts it. */
  readonly restart: number | undefined;
  readonly legal: boolean;
  readonly space: string;
}
interface List {
  /** Lists of one abstract list share their counters. */
  readonly abstract: string;
  readonly levels: ReadonlyMap<number, Level>;
  /** Levels that restart at the first use of this list. */
  readonly starts: ReadonlyMap<number, number>;
}
interface Style {
  readonly basedOn: string | undefined;
  readonly list: string | undefined;
  readonly level: number | undefined;
}

/** Styles and lists that refer to each other in a circle. */
const DEEPEST = 20;
const LEVELS = 9;

/** Asked for each paragraph in the order of the document: what stands before it, with a space after; null where nothing does. */
export function numbering(numberingXml: string, stylesXml: string): (paragraph: ParagraphNumbering) => string | null {
  const styles = stylesOf(load(stylesXml, { xml: true }));
  const lists = listsOf(load(numberingXml, { xml: true }), styles);
  const counts = new Map<string, (number | undefined)[]>();
  const begun = new Set<string>();

  return (paragraph) => {
    const place = placeOf(paragraph, styles, lists);
    if (!place) return null;
    const { id, list, level, index } = place;
    const count = counts.get(list.abstract) ?? [];
    counts.set(list.abstract, count);
    const start = list.starts.get(index);
    const beginsAnew = start !== undefined && !begun.has(`${id} ${index}`);
    begun.add(`${id} ${index}`);
    const former = count[index];
    count[index] = beginsAnew ? start : former === undefined ? level.start : former + 1;
    for (let deeper = index + 1; deeper < LEVELS; deeper += 1) {
      const restart = list.levels.get(deeper)?.restart;
      if (restart === undefined || index < restart) count[deeper] = undefined;
    }
    if (level.format === 'bullet') return null;
    const text = level.text.replace(/%([1-9])/g, (_, digit: string) => {
      const other = Number(digit) - 1;
      const of = list.levels.get(other);
      count[other] ??= of?.start ?? 1;
      return numeral(count[other], level.legal ? 'decimal' : (of?.format ?? 'decimal'));
    });
    return text.trim() === '' ? null : text.trim() + level.space;
  };
}

function placeOf(
  { style, list: own, level: ownLevel }: ParagraphNumbering,
  styles: ReadonlyMap<string, Style>,
  lists: ReadonlyMap<string, List>,
) {
  const byStyle = own === undefined ? numberedStyle(style, styles) : undefined;
  const id = own ?? byStyle?.list;
  const list = id === undefined ? undefined : lists.get(id);
  if (id === undefined || !list) return null;
  const linked = byStyle && [...list.levels].find(([, level]) => level.style === byStyle.id)?.[0];
  const index = ownLevel ?? linked ?? byStyle?.level ?? 0;
  const level = list.levels.get(index);
  return level ? { id, list, level, index } : null;
}

/** The style itself or the next that it is based on which has a list. */
function numberedStyle(first: string | undefined, styles: ReadonlyMap<string, Style>) {
  let id = first;
  for (let depth = 0; id !== undefined && depth < DEEPEST; depth += 1) {
    const style = styles.get(id);
    if (style?.list !== undefined) return { id, list: style.list, level: style.level };
    id = style?.basedOn;
  }
  return undefined;
}

const childrenOf = (element: Element, name: string): Element[] =>
  element.children.filter((child): child is Element => 'name' in child && child.name === name);
const settingOf = (element: Element | undefined, ...path: string[]): string | undefined => {
  let found = element;
  for (const name of path) found = found && childrenOf(found, name)[0];
  return found?.attribs['w:val'];
};
const numberOf = (value: string | undefined): number | undefined => {
  const number = Number.parseInt(value ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
};
/** Absent it is off, without a value on. */
const isOn = (element: Element, name: string): boolean => {
  const [found] = childrenOf(element, name);
  return found !== undefined && !/^(0|false|off)$/.test(found.attribs['w:val'] ?? '');
};

function stylesOf($: CheerioAPI): ReadonlyMap<string, Style> {
  return new Map(
    $('w\\:style')
      .toArray()
      .map((style) => [
        style.attribs['w:styleId'] ?? '',
        {
          basedOn: settingOf(style, 'w:basedOn'),
          list: settingOf(style, 'w:pPr', 'w:numPr', 'w:numId'),
          level: numberOf(settingOf(style, 'w:pPr', 'w:numPr', 'w:ilvl')),
        },
      ]),
  );
}

function listsOf($: CheerioAPI, styles: ReadonlyMap<string, Style>): ReadonlyMap<string, List> {
  const abstracts = new Map(
    $('w\\:abstractNum')
      .toArray()
      .map((one) => [one.attribs['w:abstractNumId'] ?? '', one]),
  );
  const nums = new Map(
    $('w\\:num')
      .toArray()
      .map((one) => [one.attribs['w:numId'] ?? '', one]),
  );
  /** A list that only names a style refers to that style's list. */
  const abstractOf = (num: Element | undefined, depth = 0): string | undefined => {
    const id = settingOf(num, 'w:abstractNumId');
    const link = settingOf(abstracts.get(id ?? ''), 'w:numStyleLink');
    if (link === undefined || depth > DEEPEST) return id;
    return abstractOf(nums.get(styles.get(link)?.list ?? ''), depth + 1);
  };
  const lists = new Map<string, List>();
  for (const [id, num] of nums) {
    const abstract = abstractOf(num);
    const definition = abstracts.get(abstract ?? '');
    if (abstract === undefined || !definition) continue;
    const levels = levelsOf(definition);
    const starts = new Map<number, number>();
    for (const override of childrenOf(num, 'w:lvlOverride')) {
      for (const [index, level] of levelsOf(override)) levels.set(index, level);
      const start = numberOf(settingOf(override, 'w:startOverride'));
      const index = numberOf(override.attribs['w:ilvl']);
      if (start !== undefined && index !== undefined) starts.set(index, start);
    }
    lists.set(id, { abstract, levels, starts });
  }
  return lists;
}

const SPACES: Readonly<Record<string, string>> = { nothing: '' };

const levelsOf = (element: Element): Map<number, Level> =>
  new Map(
    childrenOf(element, 'w:lvl')
      .slice(0, LEVELS)
      .map((level) => [
        numberOf(level.attribs['w:ilvl']) ?? 0,
        {
          start: numberOf(settingOf(level, 'w:start')) ?? 0,
          format: settingOf(level, 'w:numFmt') ?? 'decimal',
          text: settingOf(level, 'w:lvlText') ?? '',
          style: settingOf(level, 'w:pStyle'),
          restart: numberOf(settingOf(level, 'w:lvlRestart')),
          legal: isOn(level, 'w:isLgl'),
          space: SPACES[settingOf(level, 'w:suff') ?? 'tab'] ?? ' ',
        },
      ]),
  );
