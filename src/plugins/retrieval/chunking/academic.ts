import type { PassageDraft } from '#core/ports/store.ts';
import { trimmedEnd } from '#core/text/characters.ts';
import { blocksOf } from './blocks.ts';
import { contentsIn } from './contents.ts';
import { split } from './general.ts';

/** UTF-16 code units; a longer line is no heading. */
const LONGEST_HEADING = 100;

const REFERENCES = /^(?:references|bibliography|works cited|literature cited|参\s*考\s*文\s*献)$/i;
const UNNUMBERED =
  /^(?:abstract|summary|keywords|introduction|background|related work|(?:materials and )?methods?|methodology|experiments?|evaluation|results?(?: and discussion)?|discussion|limitations|conclusions?(?: and future work)?|future work|acknowledge?ments?|appendix(?: [A-Z])?|references|bibliography|works cited|摘\s*要|关键词|引\s*言|前\s*言|绪\s*论|方\s*法|实\s*验|结\s*果|讨\s*论|结\s*论|致\s*谢|附\s*录|参\s*考\s*文\s*献)$/i;
const NUMBERED = /^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+\p{Lu}[^.!?。！？]*$/u;
/** The next line, where a numbered one is part of a sentence. */
const GOES_ON = /^[ \t]*\p{Ll}/u;
const ROMAN = /^([IVX]{1,5})\.\s+\p{Lu}[^.!?。！？]*$/u;
const CHINESE = /^(?:第?[一二三四五六七八九十]+[章节、．.]|（[一二三四五六七八九十]+）)\s*\S[^。！？]*$/u;

/**
 * A paper by its parts: abstract, sections by their numbers or names, references apart, so that no passage mixes them. Within a
 * part as any other text.
 */
export function splitAcademic(text: string): PassageDraft[] {
  const parts = partsOf(text);
  return parts.flatMap(({ start, end, path }) =>
    split(text.slice(start, end)).map((draft) => ({
      start: draft.start + start,
      end: draft.end + start,
      text: draft.text,
      heading:
        [...path, draft.heading].filter((part, place, all) => part && part !== all[place - 1]).join(' > ') || null,
    })),
  );
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly path: readonly string[];
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const path: { readonly level: number; readonly title: string }[] = [];
  const contents = contentsIn(text, blocksOf(text));
  let start = 0;
  const close = (end: number) => {
    if (end > start) parts.push({ start, end, path: path.map(({ title }) => title) });
    start = end;
  };
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline + 1;
    if (contents[0] && contents[0].start < end) {
      close(from);
      start = contents.shift()?.end ?? from;
      from = start;
      continue;
    }
    const heading = headingOf(text.slice(from, end), text.slice(end, end + LONGEST_HEADING));
    if (heading) {
      close(from);
      while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
      path.push(heading);
    }
    from = end;
  }
  close(text.length);
  return parts;
}

/**
 * Headings in Markdown are left to the splitter of the part, except the names that every paper has. A numbered line that
 * continues in the next one is no heading.
 */
function headingOf(line: string, next: string): { readonly level: number; readonly title: string } | null {
  if (line.length > LONGEST_HEADING) return null;
  const title = trimmedEnd(line.replace(/^[#*\s]+/, ''), /[*:：\s]/);
  if (REFERENCES.test(title)) return { level: 1, title: /\p{Script=Han}/u.test(title) ? '参考文献' : 'References' };
  const name = title.replace(/^(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+/, '');
  const number = NUMBERED.exec(title)?.[1];
  if (number !== undefined && !GOES_ON.test(next)) return { level: number.split('.').length, title };
  if (UNNUMBERED.test(name) || ROMAN.test(title) || CHINESE.test(title)) return { level: 1, title };
  return null;
}
