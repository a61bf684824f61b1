import type { Package } from './package.ts';
import { attribute, readXml } from './xml-events.ts';

/** How the items of one level of a list are numbered; items without numbers have bullets. */
export interface OdfLevel {
  /** A format of `numeral`. */
  readonly format: string;
  /** Its number with what stands around it: %1% stands for the number of the first level. */
  readonly shown: string;
  readonly start: number;
}

/** What the styles of a file say of its texts. */
export interface OdfStyles {
  /** Names of styles that hide their text. */
  readonly hidden: ReadonlySet<string>;
  /** Names of styles that raise their text above the line. */
  readonly raised: ReadonlySet<string>;
  /** Names of styles of a document's title. */
  readonly titles: ReadonlySet<string>;
  /** Levels of each style of lists, from 1. */
  readonly lists: ReadonlyMap<string, readonly (OdfLevel | undefined)[]>;
  /** Levels of headings. */
  readonly outline: readonly (OdfLevel | undefined)[];
}

export function odfStyles(parts: Package): OdfStyles {
  const hidden = new Set<string>();
  const raised = new Set<string>();
  const titles = new Set<string>(['Title']);
  const lists = new Map<string, (OdfLevel | undefined)[]>();
  const outline: (OdfLevel | undefined)[] = [];
  let style = '';
  let levels: (OdfLevel | undefined)[] = [];
  const handler = {
    open(name: string, attributes: Readonly<Record<string, string>>) {
      if (name === 'style') {
        style = attribute(attributes, 'name') ?? '';
        if (attribute(attributes, 'parent-style-name') === 'Title') titles.add(style);
      } else if (name === 'text-properties' && attribute(attributes, 'display') === 'none') hidden.add(style);
      else if (name === 'text-properties' && /^(?:super|[1-9]\d?%)/.test(attribute(attributes, 'text-position') ?? ''))
        raised.add(style);
      else if (name === 'list-style') {
        levels = [];
        lists.set(attribute(attributes, 'name') ?? '', levels);
      } else if (name === 'outline-style') levels = outline;
      else if (name === 'list-level-style-number' || name === 'outline-level-style') {
        const level = Number(attribute(attributes, 'level') ?? 0);
        if (level >= 1 && level <= DEEPEST) levels[level] = levelOf(level, attributes);
      }
    },
  };
  for (const part of ['styles.xml', 'content.xml']) if (parts.has(part)) readXml(parts.pieces(part), handler);
  return { hidden, raised, titles, lists, outline };
}

/** Levels of a list; OpenDocument has ten. */
const DEEPEST = 10;

function levelOf(level: number, attributes: Readonly<Record<string, string>>): OdfLevel | undefined {
  const format = FORMATS[attribute(attributes, 'num-format')?.slice(0, 1) ?? ''];
  if (format === undefined) return undefined;
  const first = level - Math.max(1, Number(attribute(attributes, 'display-levels') ?? 1) || 1) + 1;
  const numbers = Array.from(
    { length: Math.max(1, level - Math.max(1, first) + 1) },
    (_, place) => `%${Math.max(1, first) + place}%`,
  );
  const around = `${attribute(attributes, 'num-prefix') ?? ''}${numbers.join('.')}${attribute(attributes, 'num-suffix') ?? ''}`;
  return {
    format,
    shown: attribute(attributes, 'num-list-format') ?? around,
    start: Number(attribute(attributes, 'start-value') ?? 1) || 1,
  };
}

/** By the first character of the format: ISO 26300, 19.500. */
const FORMATS: Readonly<Record<string, string>> = {
  ...{ 1: 'decimal', i: 'lowerRoman', I: 'upperRoman', a: 'lowerLetter', A: 'upperLetter' },
  ...{ 一: 'chineseCounting', 壹: 'chineseLegalSimplified', '①': 'decimalEnclosedCircle', 甲: 'ideographTraditional' },
};
