import type { CheerioAPI } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';

/** Scripts, and what a page hides. */
const NOT_SHOWN =
  'script, style, noscript, template, [hidden]:not([hidden="until-found"]), [aria-hidden="true"], .mw-editsection';
/** The whole text of a permalink beside a heading. */
const LINK_MARK = /^\s*[¶#§🔗]\s*$/u;
const HIDING_STYLE = /(?:display\s*:\s*none|visibility\s*:\s*hidden)\s*;?/gi;

/** The minimum of links in a menu, and of its letters within them. */
const LEAST_LINKS = 4;
const LINKED = 0.7;
/** Menus that hold a larger share of a page are what the page is about. */
const MOST_MENUS = 0.4;
const MENU_HOLDERS = /^(?:header|footer|aside|ul|ol|div|section)$/;
const CONTENT = /^(?:main|article)$/;

/** Removes invisible elements. Keeps content that a button opens, even while it is closed. */
export function removeUnseen($: CheerioAPI): void {
  reveal($);
  $(NOT_SHOWN).remove();
  $('a')
    .filter((_, link) => LINK_MARK.test($(link).text()))
    .remove();
}

/** Reveals content that a page folds away: answers, tabs. */
function reveal($: CheerioAPI): void {
  const opened = new Set<string>();
  for (const control of $(
    '[aria-controls], [data-target], [data-bs-target], [data-toggle][href], [data-bs-toggle][href]',
  ).toArray())
    for (const name of ['aria-controls', 'data-target', 'data-bs-target', 'href'])
      for (const id of (control.attribs[name] ?? '').split(/\s+/)) opened.add(id.replace(/^#/, ''));
  for (const element of $('[id], [role="tabpanel"]').toArray()) {
    if (opened.has(element.attribs['id'] ?? '') || element.attribs['role'] === 'tabpanel') show(element);
  }
  for (const element of $('[hidden], [aria-hidden="true"], [style*="display"]').toArray())
    if (isAnswer($, element)) show(element);
}

function show(element: Element): void {
  delete element.attribs['hidden'];
  delete element.attribs['aria-hidden'];
  const { style } = element.attribs;
  if (style) element.attribs['style'] = style.replace(HIDING_STYLE, '');
}

/** A question is no longer. */
const LONGEST_QUESTION = 300;

/** True for an element that a script opens below its question: a text with a question mark, or what says that it expands. */
function isAnswer($: CheerioAPI, element: Element): boolean {
  const question = $(element).prev();
  if (question.length === 0) return false;
  if (question.is('[aria-expanded]') || question.children('[aria-expanded]').length > 0) return true;
  if (!question.is('h1, h2, h3, h4, h5, h6, dt, button, a, p, div, span, li, summary')) return false;
  const text = question.text().trim();
  return text.length <= LONGEST_QUESTION && /[?？]$/.test(text);
}

/** Takes out the menus of a site: its navigation, and parts outside of the article that are little but links. */
export function removeMenus($: CheerioAPI): void {
  const body = $('body').get(0);
  if (!body) return;
  const counts = countsIn(body);
  const all = counts.get(body)?.text ?? 0;
  const navigation = $('nav, [role="navigation"], [role="menu"], [role="menubar"]').toArray();
  const menus = new Set([...navigation, ...linkLists(body, counts)]);
  const outermost = [...menus].filter((menu) => !isWithin(menu, menus));
  const removed = outermost.reduce((sum, menu) => sum + (counts.get(menu)?.text ?? 0), 0);
  if (removed <= MOST_MENUS * all) $(outermost).remove();
}

function isWithin(element: Element, others: ReadonlySet<AnyNode>): boolean {
  for (let { parent } = element; parent; parent = parent.parent) if (others.has(parent)) return true;
  return false;
}

interface Counts {
  text: number;
  linked: number;
  links: number;
}

/** Letters under each element, those in links, and how many links. Not recursive: markup may nest without end. */
function countsIn(body: Element): ReadonlyMap<Element, Counts> {
  const counts = new Map<Element, Counts>();
  const order: Element[] = [];
  const rest: AnyNode[] = [body];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (!('attribs' in node)) continue;
    order.push(node);
    counts.set(node, { text: 0, linked: 0, links: 0 });
    for (const child of node.children) if ('attribs' in child) rest.push(child);
  }
  for (const element of order.reverse()) {
    const sum = counts.get(element) as Counts;
    for (const child of element.children) {
      if (child.type === 'text') sum.text += child.data.replace(/[^\p{L}\p{N}]+/gu, '').length;
      const below = 'attribs' in child ? counts.get(child) : undefined;
      if (!below) continue;
      sum.text += below.text;
      sum.linked += below.linked;
      sum.links += below.links;
    }
    if (element.name === 'a') {
      sum.linked = sum.text;
      sum.links = 1;
    }
  }
  return counts;
}

function linkLists(body: Element, counts: ReadonlyMap<Element, Counts>): Element[] {
  const lists: Element[] = [];
  const rest: Element[] = [body];
  for (let element = rest.pop(); element; element = rest.pop()) {
    const { text = 0, linked = 0, links = 0 } = counts.get(element) ?? {};
    if (element !== body && MENU_HOLDERS.test(element.name) && links >= LEAST_LINKS && linked >= LINKED * text)
      lists.push(element);
    else if (!CONTENT.test(element.name))
      for (const child of element.children) if ('attribs' in child) rest.push(child);
  }
  return lists;
}
