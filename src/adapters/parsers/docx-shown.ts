/** Reduces a word processor's document to its visible text: removes hidden text, adds text boxes, headers and footers. */
import { load } from 'cheerio';
import type { Element } from 'domhandler';
import { Parser } from 'htmlparser2';
import { pageNumberOf } from './page-number.ts';

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Styles whose text is hidden (w:vanish), those that are based on them too. */
export function hiddenStyles(stylesXml: string): ReadonlySet<string> {
  const own = new Map<string, { readonly basedOn: string | undefined; readonly isHidden: boolean | undefined }>();
  const $ = load(stylesXml, { xml: true });
  for (const style of $('w\\:style').toArray()) {
    const of = (parent: Element | undefined, name: string): Element | undefined =>
      parent?.children.find((child): child is Element => 'name' in child && child.name === name);
    const vanish = of(of(style, 'w:rPr'), 'w:vanish');
    own.set(style.attribs['w:styleId'] ?? '', {
      basedOn: of(style, 'w:basedOn')?.attribs['w:val'],
      isHidden: vanish && isOn(vanish.attribs),
    });
  }
  const hidden = (id: string | undefined, depth: number): boolean => {
    const style = id === undefined || depth > 20 ? undefined : own.get(id);
    return style !== undefined && (style.isHidden ?? hidden(style.basedOn, depth + 1));
  };
  return new Set([...own.keys()].filter((id) => hidden(id, 0)));
}

const isOn = (attributes: Readonly<Record<string, string>>): boolean =>
  !/^(?:0|false|off)$/.test(attributes['w:val'] ?? '');

/** A run or a row that is open. */
interface Open {
  readonly name: string;
  readonly start: number;
  isHidden: boolean;
}
interface Paragraph {
  isHidden: boolean;
}
/** Content in a newer and an older form. The older one is read if it has text boxes. */
interface Alternate {
  boxes: string[];
  hasOlderBox: boolean;
}

/**
 * The document without hidden runs and rows, with the text boxes that are in the newer form alone put after the paragraph that they
 * hang on. Offsets are UTF-16 code units; what does not change stays as it is, to the letter.
 */
export function shownDocument(xml: string, hidden: ReadonlySet<string>): string {
  const splices: Splice[] = [];
  const names: string[] = [];
  const open: Open[] = [];
  const paragraphs: Paragraph[] = [];
  const alternates: Alternate[] = [];
  /** Text boxes that wait for the end of the outermost paragraph. */
  let waiting: string[] = [];
  let boxStart = 0;
  let boxes = 0;

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const parent = names.at(-1);
        if (name === 'w:p') paragraphs.push({ isHidden: false });
        else if (name === 'w:r' || name === 'w:tr')
          open.push({
            name,
            start: parser.startIndex,
            isHidden: name === 'w:r' && paragraphs.at(-1)?.isHidden === true,
          });
        else if (name === 'mc:AlternateContent') alternates.push({ boxes: [], hasOlderBox: false });
        const [last] = open.slice(-1);
        const style = attributes['w:val'] ?? '';
        if (name === 'w:pStyle' && parent === 'w:pPr') {
          const paragraph = paragraphs.at(-1);
          if (paragraph) paragraph.isHidden = hidden.has(style);
        } else if (last && name === 'w:rStyle' && parent === 'w:rPr' && hidden.has(style)) last.isHidden = true;
        else if (last?.name === 'w:r' && name === 'w:vanish' && parent === 'w:rPr' && names.at(-2) === 'w:r')
          last.isHidden = isOn(attributes);
        else if (last?.name === 'w:tr' && name === 'w:hidden' && parent === 'w:trPr') last.isHidden = isOn(attributes);
        if (name === 'w:txbxContent') {
          if (boxes === 0) boxStart = parser.endIndex + 1;
          boxes += 1;
          const [alternate] = alternates.slice(-1);
          if (alternate && names.includes('mc:Fallback')) alternate.hasOlderBox = true;
        }
        names.push(name);
      },
      onclosetag(name) {
        names.pop();
        const end = parser.endIndex + 1;
        if ((name === 'w:r' || name === 'w:tr') && open.length > 0) {
          const closed = open.pop();
          if (closed?.isHidden) splices.push({ from: closed.start, to: end, text: '' });
        } else if (name === 'w:txbxContent') {
          boxes -= 1;
          if (boxes === 0 && !isReadAnyway(names)) {
            const box = xml.slice(boxStart, parser.startIndex);
            const alternate = alternates[0];
            if (alternate && names.includes('mc:Choice')) alternate.boxes.push(box);
            else waiting.push(box);
          }
        } else if (name === 'mc:AlternateContent') {
          const closed = alternates.pop();
          if (closed && alternates.length === 0 && !closed.hasOlderBox) waiting.push(...closed.boxes);
        } else if (name === 'w:p') {
          paragraphs.pop();
          if (paragraphs.length === 0 && waiting.length > 0) {
            splices.push({ from: end, to: end, text: waiting.join('') });
            waiting = [];
          }
        }
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return spliced(xml, splices);
}

/** True for the older form of a text box, and for text boxes in the older half of alternate content. */
const isReadAnyway = (names: readonly string[]): boolean =>
  names.includes('v:textbox') || names.includes('mc:Fallback');

function spliced(xml: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, text } of [...splices].sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from < at) continue;
    parts.push(xml.slice(at, from), text);
    at = to;
  }
  return [...parts, xml.slice(at)].join('');
}

/** The document with each header before its text and each footer after it, once; what is a page's number alone is left out. */
export function withHeadersAndFooters(xml: string, headers: readonly string[], footers: readonly string[]): string {
  const body = /<w:body(?:\s[^<>]*)?>/.exec(xml);
  const end = xml.lastIndexOf('</w:body>');
  if (!body || end < 0) return xml;
  const section = xml.lastIndexOf('<w:sectPr', end);
  const last = section > xml.lastIndexOf('</w:p>', end) && section > xml.lastIndexOf('</w:tbl>', end) ? section : end;
  const start = body.index + body[0].length;
  return `${xml.slice(0, start)}${contents(headers)}${xml.slice(start, last)}${contents(footers)}${xml.slice(last)}`;
}

function contents(parts: readonly string[]): string {
  const seen = new Set<string>();
  return parts
    .filter((part) => {
      const text = part
        .replace(/<w:instrText[^<>]*>[^<]*<\/w:instrText>/g, '')
        .replace(/<[^<>]*>/g, '')
        .replace(/\s+/g, ' ')
        .trim();
      const isNew = !seen.has(text);
      seen.add(text);
      return isNew && /[\p{L}\p{N}]/u.test(text) && pageNumberOf(text, 0)?.rest !== '';
    })
    .map((part) => {
      const start = /<w:(?:hdr|ftr)(?:\s[^<>]*)?>/.exec(part);
      const end = Math.max(part.lastIndexOf('</w:hdr>'), part.lastIndexOf('</w:ftr>'));
      // Links and pictures are referenced by names in another file.
      return start && end > start.index
        ? part.slice(start.index + start[0].length, end).replace(/\sr:(?:id|embed|link)="[^"<>]*"/g, '')
        : '';
    })
    .join('');
}
