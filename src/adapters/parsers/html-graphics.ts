import type { AnyNode, Element } from 'domhandler';
import { plainText } from './html-text.ts';

/** Texts of a drawing that are read. */
const MOST_TEXTS = 500;

/** A formula as its author typed it, where the page tells, else its signs one after the other. */
export function formulaOf(math: Element): string {
  const source = find(
    math,
    (element) => element.name === 'annotation' && /tex/i.test(element.attribs['encoding'] ?? ''),
  );
  const text = (source ? plainText(source, true) : (math.attribs['alttext'] ?? '')) || plainText(math);
  return ` ${text.replace(/\s+/g, ' ').trim()} `;
}

/** The texts of a drawing: its title and its labels. */
export function textsOfDrawing(svg: Element): string[] {
  const texts: string[] = [];
  const rest: AnyNode[] = [svg];
  for (let node = rest.pop(); node && texts.length < MOST_TEXTS; node = rest.pop()) {
    if (!('attribs' in node)) continue;
    if (/^(?:title|desc|text)$/.test(node.name)) texts.push(plainText(node).replace(/\s+/g, ' ').trim());
    else if (!/^(?:style|script|defs)$/.test(node.name))
      for (const child of node.children.toReversed()) rest.push(child);
  }
  return texts.filter(Boolean);
}

function find(root: Element, is: (element: Element) => boolean): Element | undefined {
  const rest: Element[] = [root];
  for (let element = rest.pop(); element; element = rest.pop()) {
    if (is(element)) return element;
    for (const child of element.children) if ('attribs' in child) rest.push(child);
  }
  return undefined;
}
