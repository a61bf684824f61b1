import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { type ContentLine, contentLines, partsOf, unescapedValue } from './content-lines.ts';

/** The fields of a card that are shown (RFC 6350), with their names. */
const FIELDS: Readonly<Record<string, string>> = {
  FN: 'Name',
  NICKNAME: 'Nickname',
  ORG: 'Organization',
  TITLE: 'Title',
  ROLE: 'Role',
  TEL: 'Phone',
  EMAIL: 'E-mail',
  ADR: 'Address',
  URL: 'Web',
  IMPP: 'Chat',
  BDAY: 'Birthday',
  ANNIVERSARY: 'Anniversary',
  CATEGORIES: 'Categories',
  NOTE: 'Note',
};
/** Types of a number that say what it is for. */
const KINDS = /^(?:work|home|cell|mobile|fax|pager|main|car|video)$/i;

/** An address book: each card in a paragraph, a line for each field that a person reads. Pictures, sounds and keys are left out. */
export function parseCards(text: string): ParsedDocument {
  const cards: string[] = [];
  let lines: ContentLine[] | undefined;
  for (const line of contentLines(text)) {
    if (line.name === 'BEGIN') lines = [];
    else if (line.name === 'END') {
      if (lines) cards.push(cardText(lines));
      lines = undefined;
    } else lines?.push(line);
  }
  const [first = ''] = cards;
  const title = cards.length === 1 ? (/^Name: (.+)$/m.exec(first)?.[1] ?? null) : null;
  return { text: cards.filter(Boolean).join('\n\n'), mediaType: 'text/vcard', title };
}

function cardText(lines: readonly ContentLine[]): string {
  const hasName = lines.some(({ name, value }) => name === 'FN' && value.trim() !== '');
  return Object.keys(FIELDS)
    .flatMap((field) => {
      const found = lines.filter(({ name }) => name === field);
      // The name in parts stands for one that is missing.
      if (field === 'FN' && !hasName) return lines.filter(({ name }) => name === 'N').map(wholeName);
      return found.map((line) => fieldText(line));
    })
    .filter((line) => line !== '')
    .join('\n');
}

function wholeName({ value }: ContentLine): string {
  const [family = '', given = '', middle = '', before = '', after = ''] = partsOf(value);
  const name = [before, given, middle, family, after].filter(Boolean).join(' ');
  return name === '' ? '' : `Name: ${name}`;
}

function fieldText({ name, parameters, value }: ContentLine): string {
  const isInParts = name === 'ADR' || name === 'ORG';
  const text = isInParts ? partsOf(value).filter(Boolean).join(', ') : unescapedValue(value);
  const shown =
    name === 'BDAY' || name === 'ANNIVERSARY' ? text.replace(/^(\d{4})(\d\d)(\d\d)(?!\d).*$/, '$1-$2-$3') : text;
  const kinds = (parameters.get('TYPE') ?? '')
    .split(',')
    .filter((kind) => KINDS.test(kind))
    .map((kind) => (/^cell$/i.test(kind) ? 'mobile' : kind.toLowerCase()));
  const label = kinds.length > 0 ? `${FIELDS[name]} (${[...new Set(kinds)].join(', ')})` : FIELDS[name];
  return shown === '' ? '' : `${label}: ${shown.replace(/^(?:tel|mailto):/i, '')}`;
}
