/** Elements of a word processor's document that mammoth skips with all that is in them, as elements that it reads. */
import { Parser } from 'htmlparser2';

/** Elements around runs: a field with its result, and runs in another direction. */
const AROUND = /^w:(?:fldSimple|bdo|dir)$/;
/** Empty elements that stand for white space. */
const SPACE: Readonly<Record<string, string>> = { 'w:cr': '<w:br/>', 'w:ptab': '<w:tab/>' };
/** Shapes that may hold a text box. */
const SHAPE = /^v:(?:oval|line|polyline|arc|curve)$/;

interface Ruby {
  readonly start: number;
  base: string;
  reading: string;
}

/** Offsets are UTF-16 code units; what is read as it is stays so, to the letter. */
export function withKnownElements(xml: string): string {
  const parts: string[] = [];
  let from = 0;
  const replace = (start: number, end: number, text: string) => {
    parts.push(xml.slice(from, start), text);
    from = end;
  };
  let ruby: Ruby | undefined;
  let into: 'base' | 'reading' | undefined;
  let isText = false;
  const parser = new Parser(
    {
      onopentag(name) {
        const [start, end] = [parser.startIndex, parser.endIndex + 1];
        const isEmpty = xml[end - 2] === '/';
        if (name === 'w:ruby') ruby ??= { start: parser.startIndex, base: '', reading: '' };
        else if (name === 'w:rubyBase') into = 'base';
        else if (name === 'w:rt') into = 'reading';
        else if (name === 'w:t') isText = true;
        else if (ruby) return;
        else if (AROUND.test(name)) replace(start, end, '');
        else if (isEmpty && SPACE[name] !== undefined) replace(start, end, SPACE[name]);
        else if (!isEmpty && SHAPE.test(name)) replace(start, end, '<v:rect>');
      },
      ontext(text) {
        if (ruby && into && isText) ruby[into] += text;
      },
      onclosetag(name, isImplied) {
        const [start, end] = [parser.startIndex, parser.endIndex + 1];
        if (name === 'w:t') isText = false;
        else if (name === 'w:rubyBase' || name === 'w:rt') into = undefined;
        else if (name === 'w:ruby' && ruby) {
          const { base, reading } = ruby;
          replace(
            ruby.start,
            end,
            `<w:t xml:space="preserve">${escaped(reading ? `${base}（${reading}）` : base)}</w:t>`,
          );
          ruby = undefined;
        } else if (ruby) return;
        else if (AROUND.test(name) && !isImplied) replace(start, end, '');
        else if (SHAPE.test(name) && !isImplied) replace(start, end, '</v:rect>');
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return [...parts, xml.slice(from)].join('');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
