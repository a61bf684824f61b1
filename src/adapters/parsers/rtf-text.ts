import { tooManyCharacters, tooMuch } from './failures.ts';
import { raised } from './html-text.ts';
import { pageNumberOf } from './page-number.ts';
import { RtfFields } from './rtf-fields.ts';
import { RtfFonts } from './rtf-fonts.ts';
import { FIRST, type State } from './rtf-state.ts';
import { RtfTable } from './rtf-table.ts';
import type { RtfToken } from './rtf-tokens.ts';
import { isDestination, SYMBOLS } from './rtf-words.ts';

/** Groups within groups; more than any program writes. */
const DEEPEST = 10_000;
/** The code page of Mac OS Roman. */
const MACINTOSH = 10_000;

/** Takes the tokens of a file one after the other. */
export class RtfText {
  readonly #maxCharacters: number;
  readonly #groups: State[] = [];
  readonly #fonts = new RtfFonts();
  readonly #fields = new RtfFields();
  /** Levels of the styles that are headings. */
  readonly #headings = new Map<number, number>();
  readonly #blocks: string[] = [];
  #state = FIRST;
  #defaultFont = 0;
  #bytes: number[] = [];
  #skip = 0;
  #high = '';
  #isOptional = false;
  #paragraph = '';
  readonly #table = new RtfTable();
  /** Paragraphs that wait for the end of what hangs on them. */
  readonly #waiting: string[] = [];
  readonly #notes: string[] = [];
  readonly #edges = new Set<string>();
  #title = '';
  #styleName = '';
  #length = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  take(token: RtfToken): void {
    if (token.type !== 'byte') this.#decode();
    if (token.type === 'byte') this.#byte(token.byte);
    else if (token.type === 'open') {
      if (this.#groups.length >= DEEPEST)
        throw tooMuch('The file nests its groups too deeply to be read; save it as DOCX or PDF');
      this.#groups.push(this.#state);
      this.#skip = 0;
    } else if (token.type === 'close') this.#close();
    else this.#word(token.word, token.value);
  }

  end(): { title: string; markdown: string } {
    this.#decode();
    this.#endParagraph();
    this.#endTable();
    return { title: this.#title.replace(/;$/, '').trim(), markdown: [...this.#blocks, ...this.#notes].join('\n\n') };
  }

  #close(): void {
    if (this.#state.destination === 'styles') this.#endStyle();
    const { apart, isField } = this.#state;
    this.#state = this.#groups.pop() ?? FIRST;
    if (isField && !this.#state.isField && !this.#state.isHidden) this.#paragraph += this.#fields.end();
    if (apart && !this.#state.apart) this.#endApart(apart);
    this.#skip = 0;
    this.#isOptional = false;
  }

  #beginApart(apart: 'note' | 'edge'): void {
    if (this.#state.apart || this.#state.destination !== 'text') return;
    this.#set({ apart, isInTable: false });
    this.#waiting.push(this.#paragraph);
    this.#paragraph = '';
  }

  #endApart(apart: 'note' | 'edge'): void {
    this.#putApart(apart, this.#paragraph.replace(/\s+/g, ' ').trim());
    this.#paragraph = this.#waiting.pop() ?? '';
  }

  #putApart(apart: 'note' | 'edge', text: string): void {
    if (apart === 'note' && text !== '') this.#notes.push(text);
    else if (/\p{L}{2}/u.test(text) && pageNumberOf(text, 0)?.rest !== '' && !this.#edges.has(text)) {
      this.#edges.add(text);
      this.#blocks.push(text);
    }
  }

  #byte(byte: number): void {
    if (this.#skip > 0) this.#skip -= 1;
    else this.#bytes.push(byte);
  }

  /** The bytes since the last word, in the encoding of the font that they are set in. */
  #decode(): void {
    if (this.#bytes.length === 0) return;
    const bytes = this.#bytes;
    this.#bytes = [];
    this.#text(this.#fonts.decode(bytes, this.#state.font, this.#state.destination === 'text'));
  }

  #text(text: string): void {
    const { destination, isHidden } = this.#state;
    this.#isOptional = false;
    if (destination === 'title') this.#title += text;
    else if (destination === 'styles') this.#styleName += text;
    else if (destination === 'entry') this.#fields.entry(text);
    else if (destination === 'fonts') this.#fonts.name(this.#state.font, text);
    else if (destination === 'text' && !isHidden) {
      this.#paragraph += this.#state.isRaised ? raised(text, this.#paragraph.slice(-4)) : text;
      this.#length += text.length;
      if (this.#length > this.#maxCharacters) throw tooManyCharacters(this.#maxCharacters);
    }
  }

  #word(word: string, value: number | undefined): void {
    if (word === '*') {
      this.#isOptional = true;
      return;
    }
    const isOptional = this.#isOptional;
    this.#isOptional = false;
    if (this.#state.isField || word === 'formfield') {
      this.#fieldWord(word, value);
      return;
    }
    const destination = isDestination(word, isOptional);
    if (destination !== undefined && this.#state.destination !== 'skip') {
      this.#set({ destination });
      if (destination === 'styles') this.#styleName = '';
      return;
    }
    const symbol = SYMBOLS[word];
    if (/^(?:header|footer)[lrf]?$/.test(word)) this.#beginApart('edge');
    else if (word === 'footnote') this.#beginApart('note');
    else if (word === 'u') this.#unicode(value ?? 0);
    else if (symbol !== undefined) this.#text(symbol);
    else if (this.#state.destination === 'fonts') this.#fontWord(word, value);
    else if (!this.#layout(word, value)) this.#format(word, value);
  }

  #fieldWord(word: string, value: number | undefined): void {
    if (word === 'formfield') {
      this.#fields.begin();
      this.#set({ isField: true, destination: 'skip' });
    } else if (word === 'u') this.#unicode(value ?? 0);
    else {
      this.#fields.word(word, value);
      if (word === 'ffl') this.#set({ destination: 'entry' });
    }
  }

  #unicode(value: number): void {
    this.#skip = this.#state.fallback;
    const unit = value < 0 ? value + 65_536 : value;
    const sign = this.#fonts.sign(unit, this.#state.font);
    if (sign !== undefined) this.#text(sign);
    else if (unit >= 0xd800 && unit < 0xdc00) this.#high = String.fromCharCode(unit);
    else {
      this.#text(
        unit > 0xffff && unit <= 0x10ffff
          ? String.fromCodePoint(unit)
          : this.#high + String.fromCharCode(unit & 0xffff),
      );
      this.#high = '';
    }
  }

  #fontWord(word: string, value: number | undefined): void {
    if (word === 'f') this.#set({ font: value ?? 0 });
    else this.#fonts.describe(this.#state.font, word, value);
  }

  /** Ends of paragraphs, cells and rows. */
  #layout(word: string, value: number | undefined): boolean {
    if (this.#state.destination !== 'text') return false;
    if (word === 'par' || word === 'sect' || word === 'page') this.#endParagraph();
    else if (word === 'cell' || word === 'nestcell') this.#endCell();
    else if (word === 'row' || word === 'nestrow') this.#table.endRow();
    else if (word === 'pard') this.#set({ style: 0, level: undefined, isInTable: false });
    else if (word === 'intbl') this.#set({ isInTable: true });
    else if (word === 'outlinelevel') this.#set({ level: value });
    else if (/^(?:trowd|clvmrg|cellx)$/.test(word)) this.#table.define(word);
    else return false;
    return true;
  }

  #format(word: string, value: number | undefined): void {
    if (word === 'f') this.#set({ font: value ?? this.#defaultFont });
    else if (word === 'plain') this.#set({ isHidden: false, isRaised: false, font: this.#defaultFont });
    else if (word === 'super') this.#set({ isRaised: value !== 0 });
    else if (word === 'nosupersub') this.#set({ isRaised: false });
    else if (word === 'v' || word === 'deleted') this.#set({ isHidden: value !== 0 });
    else if (word === 'uc') this.#set({ fallback: Math.max(0, Math.min(100, value ?? 1)) });
    else if (word === 's') this.#set({ style: value ?? 0 });
    else if (word === 'ansicpg') this.#fonts.usePage(value ?? 0);
    else if (word === 'mac') this.#fonts.usePage(MACINTOSH);
    else if (word === 'deff') {
      this.#defaultFont = value ?? 0;
      this.#set({ font: this.#defaultFont });
    }
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
  }

  #endStyle(): void {
    const level = /^(?:heading|überschrift|titre|título|titolo|заголовок|标题|見出し)\s{0,3}([1-9])/iu.exec(
      this.#styleName.trim(),
    )?.[1];
    if (level) this.#headings.set(this.#state.style, Number(level));
    else if (/^title\b/i.test(this.#styleName.trim())) this.#headings.set(this.#state.style, 1);
    this.#styleName = '';
  }

  #endParagraph(): void {
    const text = this.#paragraph.replace(/[^\S\n]+/g, ' ').trim();
    this.#paragraph = '';
    const { isInTable, level, style, apart } = this.#state;
    if (apart) {
      this.#putApart(apart, text);
      return;
    }
    if (isInTable) {
      if (text !== '') this.#table.paragraph(text);
      return;
    }
    this.#endTable();
    if (text === '') return;
    const heading = level === undefined || level > 8 ? this.#headings.get(style) : level + 1;
    this.#blocks.push(heading ? `${'#'.repeat(Math.min(6, heading))} ${text.replace(/\n/g, ' ')}` : text);
  }

  #endCell(): void {
    this.#table.endCell(this.#paragraph.replace(/\s+/g, ' ').trim());
    this.#paragraph = '';
  }

  #endTable(): void {
    const table = this.#table.end();
    if (table !== '') this.#blocks.push(table);
  }
}
