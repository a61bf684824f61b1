import type { AnyNode, Element } from 'domhandler';
import { tableToMarkdown } from './markdown-table.ts';

const SKIPPED = new Set(
  'script style noscript template head svg math iframe object embed canvas audio video select button input textarea'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  'address article aside body center dd details dialog div dl dt fieldset figcaption figure footer form header hgroup html li main nav ol p section summary ul'.split(
    ' ',
  ),
);
const MAX_DEPTH = 1_000;

/** A tree of HTML as Markdown: headings, lists, tables and preformatted blocks keep their marks; links and emphasis only their text. */
export function htmlToMarkdown(nodes: readonly AnyNode[]): string {
  const writer = new Writer();
  for (const node of nodes) writer.node(node, 0);
  return writer.end();
}

const isHidden = ({ attribs }: Element): boolean =>
  'hidden' in attribs ||
  attribs['aria-hidden'] === 'true' ||
  /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs['style'] ?? '');

/** All text under a node, its white space as it stands. Not recursive: markup may nest without end. */
function plainText(root: AnyNode): string {
  let text = '';
  const rest: AnyNode[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (node.type === 'text') text += node.data;
    else if ('children' in node && !('name' in node && SKIPPED.has(node.name))) {
      if ('name' in node && node.name === 'br') text += '\n';
      for (let index = node.children.length - 1; index >= 0; index -= 1) rest.push(node.children[index] as AnyNode);
    }
  }
  return text;
}

/** A table whose cells hold tables or whole sections lays a page out; it is not data. */
function isData(table: Element): boolean {
  const rows = rowsOf(table);
  return rows.some((row) => row.length > 1) && !rows.flat().some((cell) => laysOut(cell, 0));
}

const laysOut = (cell: Element, depth: number): boolean =>
  elementsIn(cell).some(
    (child) =>
      /^(table|article|section|h[1-4])$/.test(child.name) ||
      (child.name === 'div' && depth < 20 && laysOut(child, depth + 1)),
  );

function rowsOf(table: Element): Element[][] {
  return elementsIn(table).flatMap((child) => {
    if (child.name === 'tr') return [elementsIn(child).filter(({ name }) => /^t[dh]$/.test(name))];
    return /^(thead|tbody|tfoot)$/.test(child.name) ? rowsOf(child) : [];
  });
}

const elementsIn = ({ children }: Element): Element[] =>
  children.filter((child): child is Element => 'name' in child && 'attribs' in child);

class Writer {
  readonly #blocks: string[] = [];
  /** The line that is being written, its white space folded. */
  #line = '';
  /** Put before each line: the depth in lists and quotations. */
  #indent = '';
  /** Put before the next line only: a list's mark. */
  #mark = '';
  #tight = false;

  node(node: AnyNode, depth: number): void {
    if (node.type === 'text') this.#text(node.data);
    else if ('children' in node) {
      if ('name' in node) this.#element(node as Element, depth);
      else this.#children(node.children, depth);
    }
  }

  end(): string {
    this.#flush();
    return this.#blocks.join('').trim();
  }

  #children(children: readonly AnyNode[], depth: number): void {
    for (const child of children) this.node(child, depth + 1);
  }

  #element(element: Element, depth: number): void {
    const { name } = element;
    if (SKIPPED.has(name) || isHidden(element)) return;
    // Past this depth only the words count, so that no markup can exhaust the stack.
    if (depth > MAX_DEPTH) this.#text(plainText(element));
    else if (/^h[1-6]$/.test(name)) this.#heading(element);
    else if (name === 'pre') this.#fence(plainText(element));
    else if (name === 'table' && isData(element)) this.#table(element);
    else if (name === 'ul' || name === 'ol') this.#list(element, depth);
    else if (name === 'blockquote') this.#quote(element, depth);
    else if (name === 'br') this.#break();
    else if (name === 'hr') this.#flush();
    else if (name === 'img') this.#text(element.attribs['alt'] ?? '');
    else if (BLOCKS.has(name) || /^(table|thead|tbody|tfoot|tr|td|th|caption)$/.test(name)) {
      this.#flush();
      this.#children(element.children, depth);
      this.#flush();
    } else this.#children(element.children, depth);
  }

  #text(data: string): void {
    const folded = data.replace(/[ \t\n\r\f\u00a0]+/g, ' ');
    this.#line += /(^|[ \n])$/.test(this.#line) ? folded.trimStart() : folded;
  }

  #break(): void {
    this.#line = `${this.#line.trimEnd()}\n`;
  }

  #flush(): void {
    const line = this.#line.trim();
    this.#line = '';
    if (line) this.#block(line);
  }

  #block(block: string): void {
    const following = this.#indent;
    const first = this.#mark || following;
    this.#blocks.push(this.#tight ? '\n' : '\n\n', first, block.replaceAll('\n', `\n${following}`));
    this.#mark = '';
  }

  #heading(element: Element): void {
    this.#flush();
    const text = plainText(element).replace(/\s+/g, ' ').trim();
    if (text) this.#block(`${'#'.repeat(Number(element.name[1]))} ${text}`);
  }

  #fence(code: string): void {
    this.#flush();
    const text = code.replace(/^\n+|\s+$/g, '');
    const fence = text.includes('```') ? '~~~~' : '```';
    if (text) this.#block(`${fence}\n${text}\n${fence}`);
  }

  #table(element: Element): void {
    this.#flush();
    const caption = element.children.find((child): child is Element => 'name' in child && child.name === 'caption');
    if (caption) this.#block(plainText(caption).replace(/\s+/g, ' ').trim());
    const rows = rowsOf(element).map((row) => row.map((cell) => plainText(cell)));
    const [header = [], ...body] = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
    if (header.length > 0) this.#block(tableToMarkdown(header, body));
  }

  #list(element: Element, depth: number): void {
    this.#flush();
    const [indent, tight] = [this.#indent, this.#tight];
    let number = Number(element.attribs['start'] ?? 1) || 1;
    for (const child of element.children) {
      const mark = element.name === 'ol' ? `${number}. ` : '- ';
      this.#mark = indent + mark;
      this.#indent = indent + ' '.repeat(mark.length);
      if ('name' in child && child.name === 'li') number += 1;
      this.node(child, depth + 1);
      this.#flush();
      // The first item stands apart from what is before; the others follow it closely.
      this.#tight = this.#tight || this.#mark === '';
    }
    this.#mark = '';
    this.#indent = indent;
    this.#tight = tight;
  }

  #quote(element: Element, depth: number): void {
    this.#flush();
    const indent = this.#indent;
    this.#indent = `${indent}> `;
    this.#children(element.children, depth);
    this.#flush();
    this.#indent = indent;
  }
}
