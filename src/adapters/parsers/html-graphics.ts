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
  const text = (source ? plainText(source, true) : (math.attribs['alttext'] ?? '')) || written(math, 0);
  return ` ${text.replace(/\s+/g, ' ').trim()} `;
}

/** Parts of a formula within each other that are looked into. */
const DEEPEST = 50;

/** The signs of a formula in one line: a/b, x^2, √(a+b). */
function written(element: Element, depth: number): string {
  const parts = element.children.flatMap((child) => {
    if (child.type === 'text') return [child.data.trim()];
    if (!('attribs' in child) || /^annotation/.test(child.name)) return [];
    return [depth < DEEPEST ? written(child, depth + 1) : plainText(child)];
  });
  const filled = parts.filter(Boolean);
  const [first = '', second = ''] = filled.map((part) => (/^[\p{L}\p{N}.,]+$/u.test(part) ? part : `(${part})`));
  if (element.name === 'mfrac' && filled.length === 2) return `${first}/${second}`;
  if (element.name === 'msup' && filled.length === 2) return `${first}^${second}`;
  if (element.name === 'msqrt') return `√(${filled.join('')})`;
  return filled.join('');
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
