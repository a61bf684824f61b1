import type { AnyNode, Element } from 'domhandler';
import { fieldText, isTitleButton } from './html-forms.ts';
import { formulaOf, textsOfDrawing } from './html-graphics.ts';
import { isData, tableOf } from './html-table.ts';
import { areWords, BLOCKS, followsClosely, plainText, raised, SKIPPED } from './html-text.ts';
import { tableToMarkdown } from './markdown-table.ts';

const MAX_DEPTH = 1_000;

/** The attribute of an item that tells its mark, with the space after it, where counting would not. */
export const OWN_MARK = 'data-mark';
const MARKDOWN_MARK = /^\d{1,9}[.)] $/;

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

/** A note's number that would run into the word before it. */
const isNoteReference = (element: Element): boolean =>
  (element.attribs['epub:type'] === 'noteref' ||
    element.attribs['role'] === 'doc-noteref' ||
    (element.name === 'sup' && element.children.some((child) => 'name' in child && child.name === 'a'))) &&
  /^\s*[\d*†‡]{1,4}\s*$/.test(plainText(element));

/** The characters, then how they are read: between them the readings would part each word. */
function rubyText({ children }: Element): string {
  const isReading = (child: AnyNode) => 'name' in child && /^r(?:t|tc)$/.test(child.name);
  const isSign = (child: AnyNode) => 'name' in child && child.name === 'rp';
  const textOf = (nodes: readonly AnyNode[]) =>
    nodes
      .map((node) => plainText(node))
      .join('')
      .trim();
  const reading = textOf(children.filter(isReading));
  const base = textOf(children.filter((child) => !isReading(child) && !isSign(child)));
  return reading === '' ? base : `${base}（${reading}）`;
}

class Writer {
  readonly #blocks: string[] = [];
  /**
   * The line that is being written, its white space folded. In pieces: a look at the end of a string that grows would copy the whole
   * of it each time.
   */
  #line: string[] = [];
  /** Put before each line: the depth in lists and quotations. */
  #indent = '';
  /** Put before the next line only: a list's mark. */
  #mark = '';
  #tight = false;
  /** An element that follows another one closely has begun; its text has not. */
  #isClose = false;

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
    if (isHidden(element)) return;
    this.#isClose ||= followsClosely(element);
    const field = fieldText(element)?.trim();
    if (field) this.#text(` ${field} `);
    if (SKIPPED.has(name) || (name === 'button' && !isTitleButton(element))) return;
    // Past this depth only the words count, so that no markup can exhaust the stack.
    if (depth > MAX_DEPTH) this.#text(plainText(element));
    else if (/^h[1-6]$/.test(name)) this.#heading(element);
    else if (name === 'pre') this.#fence(plainText(element));
    else if (name === 'table' && isData(element)) this.#table(element);
    else if (name === 'ul' || name === 'ol') this.#list(element, depth);
    else if (name === 'blockquote') this.#quote(element, depth);
    else if (name === 'br') this.#break();
    else if (name === 'hr') this.#flush();
    else if (name === 'math') this.#text(formulaOf(element));
    else if (name === 'ruby') this.#text(rubyText(element));
    else if (isNoteReference(element)) this.#text(` [${plainText(element).trim()}]`);
    else if (name === 'sup') this.#text(raised(plainText(element), this.#line.slice(-4).join('').slice(-4)));
    else if (name === 'svg') this.#drawing(element);
    else if (name === 'img') this.#text(element.attribs['alt'] ?? '');
    else if (BLOCKS.has(name) || name === 'button' || /^(table|thead|tbody|tfoot|tr|td|th|caption)$/.test(name)) {
      this.#flush();
      this.#children(element.children, depth);
      this.#flush();
    } else this.#children(element.children, depth);
  }

  #text(data: string): void {
    const folded = data.replace(/[ \t\n\r\f\u00a0]+/g, ' ');
    const former = this.#line.at(-1)?.at(-1) ?? '\n';
    const piece = former === ' ' || former === '\n' ? folded.trimStart() : folded;
    if (piece === '') return;
    this.#line.push(this.#isClose && areWords(former, piece) ? ` ${piece}` : piece);
    this.#isClose = false;
  }

  #break(): void {
    while (this.#line.at(-1)?.trimEnd() === '') this.#line.pop();
    const last = this.#line.pop();
    this.#line.push(`${last?.trimEnd() ?? ''}\n`);
  }

  #flush(): void {
    const line = this.#line.join('').trim();
    this.#line = [];
    if (line) this.#block(line);
  }

  #block(block: string): void {
    const following = this.#indent;
    const first = this.#mark || following;
    this.#blocks.push(this.#tight ? '\n' : '\n\n', first, block.replaceAll('\n', `\n${following}`));
    this.#mark = '';
  }

  /** Each text in it is separate. */
  #drawing(element: Element): void {
    const texts = textsOfDrawing(element);
    if (texts.length === 0) return;
    this.#flush();
    this.#block(texts.join('\n'));
  }

  #heading(element: Element): void {
    this.#flush();
    const text = plainText(element).replace(/\s+/g, ' ').trim();
    if (text) this.#block(`${'#'.repeat(Number(element.name[1]))} ${text}`);
  }

  #fence(code: string): void {
    this.#flush();
    const text = code.replace(/^\n+/, '').trimEnd();
    const fence = text.includes('```') ? '~~~~' : '```';
    if (text) this.#block(`${fence}\n${text}\n${fence}`);
  }

  #table(element: Element): void {
    this.#flush();
    const caption = element.children.find((child): child is Element => 'name' in child && child.name === 'caption');
    if (caption) this.#block(plainText(caption).replace(/\s+/g, ' ').trim());
    const { header, rows } = tableOf(element);
    if (header.length > 0) this.#block(tableToMarkdown(header, rows));
  }

  #list(element: Element, depth: number): void {
    this.#flush();
    const [indent, tight] = [this.#indent, this.#tight];
    let number = Number(element.attribs['start'] ?? 1) || 1;
    for (const child of element.children) {
      const own = 'attribs' in child ? child.attribs[OWN_MARK] : undefined;
      const mark = own ?? (element.name === 'ol' ? `${number}. ` : '- ');
      // A list item whose mark Markdown does not know is a paragraph.
      const isItem = own === undefined || MARKDOWN_MARK.test(own);
      if (!isItem) this.#tight = false;
      this.#mark = indent + mark;
      this.#indent = indent + (isItem ? ' '.repeat(mark.length) : '');
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
