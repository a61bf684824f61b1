import type { CheerioAPI } from 'cheerio';
import type { Element } from 'domhandler';

/** Roles of ARIA that make a table of other elements, with the element that stands for each. */
const ROLES: Readonly<Record<string, string>> = {
  table: 'table',
  grid: 'table',
  treegrid: 'table',
  rowgroup: 'tbody',
  row: 'tr',
  cell: 'td',
  gridcell: 'td',
  columnheader: 'th',
  rowheader: 'th',
};
/** What a part of a table may hold. Text elsewhere would be lost. */
const HELD: Readonly<Record<string, RegExp>> = {
  table: /^(?:tbody|tr)$/,
  tbody: /^tr$/,
  tr: /^t[dh]$/,
};

/** Turns tables that are made of other elements, and say so by their roles, into tables. */
export function nameTables($: CheerioAPI): void {
  for (const table of $('[role="table"], [role="grid"], [role="treegrid"]').toArray()) {
    if (table.name === 'table') continue;
    const parts = partsOf(table);
    for (const [part, name] of parts ?? []) part.name = name;
  }
}

/** The elements of a table with their new names; undefined if one of them holds what no table's part does. */
function partsOf(table: Element): ReadonlyMap<Element, string> | undefined {
  const parts = new Map<Element, string>();
  const rest: Element[] = [table];
  for (let element = rest.pop(); element; element = rest.pop()) {
    const name = nameOf(element) ?? '';
    parts.set(element, name);
    const held = HELD[name];
    if (!held) continue;
    for (const child of element.children) {
      if (child.type === 'text' && child.data.trim() !== '') return undefined;
      if (!('attribs' in child)) continue;
      if (!held.test(nameOf(child) ?? '')) return undefined;
      rest.push(child);
    }
  }
  return parts;
}

const nameOf = ({ attribs }: Element): string | undefined => ROLES[attribs['role'] ?? ''];
