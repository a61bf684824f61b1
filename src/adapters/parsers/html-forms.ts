import type { Element } from 'domhandler';
import { plainText } from './html-text.ts';

/** A list with at most this many options is read whole; of a longer one only the chosen options. */
const FEW_OPTIONS = 12;
/** Words of a button that says more than what it does. */
const LEAST_WORDS = 3;
const OPENS = ['aria-expanded', 'aria-controls', 'data-toggle', 'data-bs-toggle', 'data-target', 'data-bs-target'];
const FIELDS = /^(?:text|search|email|tel|url|number|date|datetime-local|month|week|time|)$/;

/** The visible text of a form field. Undefined for an element that is no field. */
export function fieldText(element: Element): string | undefined {
  const { name, attribs } = element;
  if (name === 'input') return inputText(attribs);
  if (name === 'textarea') return plainText(element, true);
  if (name === 'select') return optionsText(element);
  return undefined;
}

function inputText(attribs: Readonly<Record<string, string>>): string {
  const type = (attribs['type'] ?? '').toLowerCase();
  if (type === 'checkbox' || type === 'radio') return 'checked' in attribs ? '☒ ' : '☐ ';
  return FIELDS.test(type) ? (attribs['value'] ?? '') : '';
}

function optionsText(select: Element): string {
  const options: Element[] = [];
  const rest: Element[] = [select];
  for (let element = rest.pop(); element; element = rest.pop()) {
    if (element.name === 'option') options.push(element);
    else for (const child of element.children.toReversed()) if ('attribs' in child) rest.push(child);
  }
  const chosen = options.filter(({ attribs }) => 'selected' in attribs);
  const shown = chosen.length > 0 || options.length > FEW_OPTIONS ? chosen : options;
  return shown
    .map((option) => plainText(option).trim())
    .filter(Boolean)
    .join(' / ');
}

/** A button that is a question or a title, and opens what it asks for; not one that sends or closes. */
export function isTitleButton(button: Element): boolean {
  if (OPENS.some((name) => name in button.attribs)) return true;
  const parent = button.parent;
  if (parent && 'name' in parent && /^(?:h[1-6]|dt|summary|th|td|legend|caption)$/.test(parent.name)) return true;
  const text = plainText(button).trim();
  return /[?？]$/.test(text) || text.split(/\s+/).length >= LEAST_WORDS || /\p{Script=Han}{6}/u.test(text);
}
