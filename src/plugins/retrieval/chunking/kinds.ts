import type { DocumentKind } from '#core/ports/store.ts';
import { isSource } from './languages.ts';
import { linesOf } from './lines.ts';

/** UTF-16 code units at both ends that tell what a text is. */
const LOOKED_AT = 60_000;

/** UTF-16 code units of a line, without white space around it, that tell what the line is. */
const OF_A_LINE = 200;
const ABSTRACT = /^[#*\s\d.]*(?:abstract|summary|摘\s*要|内容提要)\s*(?:$|[*:：.—\-–])/i;
/** In two columns the abstract often begins on the same line. */
const ABSTRACT_IN_LINE = /^[#*\s]*Abstract\s+\p{Lu}.{60}/u;
const REFERENCES = /^[#*\s\d.]*(?:references|bibliography|works cited|literature cited|参\s*考\s*文\s*献)[\s*:：]*$/i;
const CITED =
  /\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]|\((?:[A-Z][\p{L}-]+(?: et al\.?| and [A-Z][\p{L}-]+| & [A-Z][\p{L}-]+)?,? (?:19|20)\d\d[a-z]?(?:; ?)?)+\)|\bet al\./gu;
const SECTION =
  /^[#*\s]*(?:(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[一二三四五六七八九十]+[、．.])\s*)?(?:introduction|related work|background|methods?|methodology|results?|discussion|conclusions?|acknowledge?ments?|引\s*言|前\s*言|绪\s*论|方\s*法|实\s*验|结\s*果|讨\s*论|结\s*论|致\s*谢)$/i;

/** Standards have abstracts and references too. They are recognised by their names (RFC 2119). */
const STANDARD = /^(?:Request for Comments: ?\d|RFC[ -]?\d{1,5}\b|Internet-Draft\b|BCP[: ]*\d|STD[: ]*\d)/i;
const STANDARD_SAYS_SO_IN = 2_000;
const OBLIGED = /\b(?:MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)\b(?: NOT\b)?/g;
const OFTEN_OBLIGED = 10;

/** The kind of a document: source code by name, media type or lines; a paper by its parts; otherwise general. */
export function kindOf(title: string, mediaType: string, text: string): DocumentKind {
  if (isSource(title, mediaType)) return 'CODE';
  const looked = text.length <= LOOKED_AT * 2 ? text : `${text.slice(0, LOOKED_AT)}\n${text.slice(-LOOKED_AT)}`;
  if (isPaper(looked)) return 'ACADEMIC';
  return mediaType === 'text/plain' && isCode(looked.slice(0, LOOKED_AT)) ? 'CODE' : 'GENERAL';
}

/** Three of: an abstract, references, sections that papers have, citations; and no standard. */
function isPaper(text: string): boolean {
  const lines = beginningsOf(text);
  const signs = [
    lines.some((line) => ABSTRACT.test(line) || ABSTRACT_IN_LINE.test(line)),
    lines.some((line) => REFERENCES.test(line)),
    lines.filter((line) => SECTION.test(line)).length >= 3,
    (text.match(CITED)?.length ?? 0) >= 5,
  ];
  return signs.filter(Boolean).length >= 3 && !isStandard(text);
}

/**
 * The start of each line that is not blank. Patterns for lines match these, never the whole text: white space in a pattern
 * would run over blank lines, again from each of them.
 */
const beginningsOf = (text: string): string[] =>
  Array.from(linesOf(text), ({ start, end }) => text.slice(start, Math.min(end, start + OF_A_LINE))).filter(
    (line) => line !== '',
  );

const isStandard = (text: string): boolean =>
  beginningsOf(text.slice(0, STANDARD_SAYS_SO_IN)).some((line) => STANDARD.test(line)) ||
  (text.match(OBLIGED)?.length ?? 0) >= OFTEN_OBLIGED;

/** Patterns for the starts and ends of code lines, which prose does not have. */
const CODE_LINE =
  /[;{}]\s*$|^\s*(?:import|from|def|class|function|const|let|var|return|if|for|while|public|private|package|func|fn|use|#include|@\w+)\b.*[:;{(=)]?\s*$|^\s*(?:\/\/|\/\*|\*\/|#!)/;
const PROSE_LINE = /[.!?。！？]["'”’)]?\s*$/;

function isCode(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 5) return false;
  const code = lines.filter((line) => CODE_LINE.test(line)).length;
  const prose = lines.filter((line) => PROSE_LINE.test(line) && !CODE_LINE.test(line)).length;
  return code / lines.length > 0.5 && code > prose * 4;
}
