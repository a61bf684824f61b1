/** Numbers that a program shows before paragraphs, on their way through HTML. */
import type { CheerioAPI } from 'cheerio';
import type { AnyNode, Element, Text } from 'domhandler';
import { OWN_MARK } from './html-to-markdown.ts';

/** Stand around a paragraph's number. No character (Unicode, 23.7), so in no text. */
export const NUMBER = { begins: '\ufdd0', ends: '\ufdd1' } as const;
const NUMBERED = new RegExp(`^${NUMBER.begins}([^${NUMBER.ends}]*)${NUMBER.ends}`);

/** Moves an item's numbers from its start to its mark; also within other paragraphs, and within a cell, which may hold a number alone. */
export function moveNumbers($: CheerioAPI): void {
  for (const element of $('p, li, h1, h2, h3, h4, h5, h6').toArray()) {
    const first = firstText(element);
    const [marked, label] = (first && NUMBERED.exec(first.data)) ?? [];
    if (!first || marked === undefined || label === undefined) continue;
    const rest = first.data.slice(marked.length);
    if ($(element).closest('table').length > 0) first.data = label + rest;
    else if ($(element).text() === marked) $(element).remove();
    else if (element.name === 'li') {
      // The number of an item within it.
      if ($(first).closest('li')[0] !== element) continue;
      element.attribs[OWN_MARK] = label;
      first.data = rest;
    } else first.data = label + rest;
  }
}

function firstText(element: Element): Text | undefined {
  let [node] = element.children as (AnyNode | undefined)[];
  while (node && node.type !== 'text' && 'children' in node) node = node.children[0];
  return node?.type === 'text' ? node : undefined;
}
