import { element } from './elements.js';
import { words } from './words.js';

const SAFE = /^(?:https?|mailto):/i;
/** A link that is written out ends before Chinese text and punctuation. */
const CHINESE = /[\u2e80-\u9fff\uff00-\uffef]/;
/** Elements that hold words, and so the marks after them. */
const HOLDS_WORDS = /^(?:p|h\d)$/;

/**
 * Appends the elements of the tokens. `put(target, from, to)` appends what stands there in the text, `between(target, end)` what
 * comes up to an offset but does not stand in the text. Nothing of the text becomes markup: elements are made here alone.
 */
export function renderMarkdown(container, tokens, text, put, between) {
  new Renderer(text, put, between).blocks(container, tokens);
}

class Renderer {
  /** Up to where the text has been shown. */
  #at = 0;
  #text;
  #put;
  #between;

  constructor(text, put, between) {
    this.#text = text;
    this.#put = put;
    this.#between = between;
  }

  blocks(target, tokens) {
    for (const token of tokens)
      this.#within(token, () => {
        const made = this.#block(target, token);
        if (!made) return target;
        target.append(made);
        return HOLDS_WORDS.test(made.localName) ? made : target;
      });
  }

  #block(target, token) {
    const { type, depth, tokens = [] } = token;
    if (type === 'space') return undefined;
    if (type === 'heading') return this.#inline(element(`h${Math.min(depth + 2, 6)}`), tokens);
    if (type === 'paragraph') return this.#inline(element('p'), tokens);
    if (type === 'code') return this.#code(token);
    if (type === 'math') return this.#leaf(element('p', { className: 'math' }), token.text);
    if (type === 'list') return this.#list(token);
    if (type === 'table') return this.#table(token);
    if (type === 'hr') return element('hr');
    if (type === 'blockquote') {
      const quote = element('blockquote');
      this.blocks(quote, tokens);
      return quote;
    }
    if (type === 'text' || type === 'checkbox') {
      if (tokens.length > 0) this.#inline(target, tokens);
      else this.#leaf(target, type === 'text' ? token.text : token.raw);
      return undefined;
    }
    return this.#leaf(element('p'), token.raw.trimEnd()); // HTML and definitions, as they are written
  }

  #code({ text }) {
    const code = this.#leaf(element('code'), text, false);
    const made = element('div', { className: 'code' }, element('pre', { tabindex: 0 }, code));
    if (!navigator.clipboard) return made; // absent where the page comes by plain HTTP from another machine
    const copy = element('button', { type: 'button', className: 'quiet copy', text: words.copy });
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text);
      copy.textContent = words.copied;
    });
    made.append(copy);
    return made;
  }

  #list({ ordered, start, items }) {
    const list = element(ordered ? 'ol' : 'ul', ordered ? { start } : {});
    for (const item of items) {
      const made = element('li');
      list.append(made);
      this.#within(item, () => {
        this.blocks(made, item.tokens);
        return made;
      });
    }
    return list;
  }

  #table({ header, rows }) {
    const row = (name) => (cells) =>
      element('tr', {}, ...cells.map(({ tokens }) => this.#inline(element(name), tokens)));
    const head = element('thead', {}, row('th')(header));
    const table = element('table', {}, head, element('tbody', {}, ...rows.map(row('td'))));
    return element('div', { className: 'table', tabindex: 0 }, table);
  }

  #inline(target, tokens) {
    for (const token of tokens)
      this.#within(token, () => {
        const made = this.#piece(target, token);
        if (made) target.append(made);
        return target;
      });
    return target;
  }

  #piece(target, token) {
    const { type, raw, text, tokens = [] } = token;
    if (type === 'strong' || type === 'em' || type === 'del') return this.#inline(element(type), tokens);
    if (type === 'codespan') return this.#leaf(element('code'), text, false);
    if (type === 'math') return this.#leaf(element('span', { className: 'math' }), text);
    if (type === 'br' || (type === 'html' && /^<br\s*\/?>$/i.test(raw))) return element('br');
    if (type === 'link' || type === 'image') return this.#link(target, token);
    if (type === 'text' && tokens.length > 0) this.#inline(target, tokens);
    else this.#leaf(target, type === 'escape' || type === 'text' ? text : raw);
    return undefined;
  }

  /** A picture is a link to it: one that loads by itself would tell a stranger that the answer is read. */
  #link(target, { raw, href, text, autolink }) {
    const cut = autolink ? raw.search(CHINESE) : -1;
    const address = cut < 0 ? href : href.slice(0, href.search(CHINESE));
    if (!SAFE.test(address) || !URL.canParse(address)) {
      this.#leaf(target, raw);
      return undefined;
    }
    const link = element('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow', title: address });
    target.append(this.#leaf(link, autolink ? raw.slice(0, cut < 0 ? undefined : cut) : text || href, false));
    if (cut >= 0) this.#leaf(target, raw.slice(cut));
    return undefined;
  }

  /** Appends what a token says, from where the text says it. In code and links stand no marks. */
  #leaf(target, shown, hasMarks = true) {
    for (const [index, line] of shown.split('\n').entries()) {
      if (index > 0) target.append('\n');
      const from = line === '' ? -1 : this.#text.indexOf(line, this.#at);
      if (from < 0) {
        target.append(line);
        continue;
      }
      this.#put(target, from, from + line.length, hasMarks);
      this.#at = from + line.length;
    }
    return target;
  }

  /** Goes to where the token stands, if it stands there as it was read, and past it afterwards. */
  #within({ raw }, work) {
    const from = this.#text.indexOf(raw, this.#at);
    if (from >= 0) this.#at = from;
    const target = work();
    if (from >= 0) this.#at = Math.max(this.#at, from + raw.trimEnd().length);
    this.#between(target, this.#at);
  }
}
