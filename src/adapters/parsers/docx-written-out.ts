/** A word processor's document with the numbers of its paragraphs and its formulas written out as text. */
import { Parser } from 'htmlparser2';
import { type FormulaNode, formulaText } from './docx-formula.ts';
import type { ParagraphNumbering } from './docx-numbering.ts';
import { NUMBER } from './own-numbers.ts';

type Open = { -readonly [Key in keyof ParagraphNumbering]: ParagraphNumbering[Key] };

/** Offsets are UTF-16 code units of `xml`; what is not to be written out stays as it is, to the letter. */
export function writtenOut(xml: string, labelOf: (paragraph: ParagraphNumbering) => string | null): string {
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const names: string[] = [];
  const paragraphs: Open[] = [];
  const formula: FormulaNode[] = [];
  let formulaStart = 0;
  /** Depth within the half of alternate content that is not read. */
  let unread = 0;
  let runStart = 0;
  /** The choice of a form's older kind, whose text no run has. */
  let choice: { chosen: number; readonly entries: string[] } | undefined;

  const isWithin = (...path: string[]) =>
    path.every((name, place) => names[names.length - path.length + place] === name);
  const insert = (at: number, text: string) => {
    if (text !== '') insertions.push({ at, text: `<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>` });
  };

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'mc:Choice') unread += 1;
        const value = attributes['w:val'];
        const [paragraph] = paragraphs.slice(-1);
        if (name === 'w:r') runStart = parser.startIndex;
        else if (name === 'w:ddList') choice = { chosen: 0, entries: [] };
        else if (choice && name === 'w:result') choice.chosen = Number(value) || 0;
        else if (choice && name === 'w:listEntry' && choice.entries.length < MOST_ENTRIES)
          choice.entries.push(value ?? '');
        if (name === 'w:p') paragraphs.push({ style: undefined, list: undefined, level: undefined });
        else if (paragraph && name === 'w:pStyle' && isWithin('w:p', 'w:pPr')) paragraph.style = value;
        else if (paragraph && name === 'w:numId' && isWithin('w:p', 'w:pPr', 'w:numPr')) paragraph.list = value;
        else if (paragraph && name === 'w:ilvl' && isWithin('w:p', 'w:pPr', 'w:numPr'))
          paragraph.level = Number.parseInt(value ?? '', 10) || 0;
        if (/^m:oMath(Para)?$/.test(name) && formula.length === 0) formulaStart = parser.startIndex;
        if (formula.length > 0 || /^m:oMath(Para)?$/.test(name)) {
          const node = { name, value: attributes['m:val'], text: '', children: [] };
          formula.at(-1)?.children.push(node);
          formula.push(node);
        }
        names.push(name);
      },
      ontext(text) {
        const [node] = formula.slice(-1);
        if (node?.name === 'm:t') node.text += text;
      },
      onclosetag(name) {
        names.pop();
        if (name === 'mc:Choice') unread -= 1;
        if (name === 'w:p') paragraphs.pop();
        const [paragraph] = paragraphs.slice(-1);
        if (paragraph && name === 'w:pPr' && names.at(-1) === 'w:p' && unread === 0) {
          const label = labelOf(paragraph);
          if (label !== null) insert(parser.endIndex + 1, NUMBER.begins + label + NUMBER.ends);
        }
        if (choice && name === 'w:ddList') {
          if (unread === 0) insert(runStart, choice.entries[choice.chosen] ?? '');
          choice = undefined;
        }
        const node = formula.pop();
        if (node && formula.length === 0 && unread === 0) insert(formulaStart, formulaText(node));
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return spliced(xml, insertions);
}

const MOST_ENTRIES = 1_000;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function spliced(xml: string, insertions: { readonly at: number; readonly text: string }[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
    parts.push(xml.slice(from, at), text);
    from = at;
  }
  return [...parts, xml.slice(from)].join('');
}
