import type { ParsedDocument } from '#core/ports/document-parser.ts';

/** The line of a cue that tells when it is shown, in SubRip and WebVTT. */
const TIMES = /^\s{0,5}((?:\d{1,3}:)?\d{1,2}:\d\d)[.,]\d{1,3}\s{1,5}-->\s{1,5}(?:\d{1,3}:)?\d{1,2}:\d\d[.,]\d{1,3}/;
const VOICE = /<v(?:\.[\w.-]{1,60})?\s+([^<>\n]{1,200})>/;
/** Marks of italics, voices and times, and those of other players: {\an8}. */
const MARKS = /<\/?(?:[a-z]{1,4}(?:[.\s][^<>\n]{0,200})?|\d[\d:.]{0,20})>|\{\\[^{}\n]{1,60}\}/gi;
/** The end of a sentence. */
const ENDED = /[.!?…。！？♪][)"'”’»」』\]]{0,3}$/u;
/** Characters of a paragraph that ends where a sentence does. */
const LONG = 200;
const LONGEST = 400;

/** A character of Chinese says as much as several letters. */
const widthOf = (text: string): number =>
  text.length + 2 * (text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0);

interface Cue {
  readonly begins: string;
  readonly voice: string;
  readonly text: string;
}

/** True for subtitles: a number or a name, then the times of a cue. */
export const isSubtitles = (head: string, ending: string): boolean =>
  /^WEBVTT(?:[ \t\r\n]|$)/.test(head) ||
  (/^(?:srt|vtt|sub)$/.test(ending) && head.split(/\r\n?|\n/, 60).some((line) => TIMES.test(line)));

/**
 * Subtitles as what is said: the sentences that cues part are joined, in paragraphs that begin with their time and who speaks. Numbers
 * of cues, styles and comments are left out.
 */
export function parseSubtitles(text: string, isWeb: boolean): ParsedDocument {
  const title = isWeb ? (/^WEBVTT[ \t]+(?:-[ \t]+)?(\S[^\n]{0,200})/.exec(text)?.[1]?.trim() ?? null) : null;
  const paragraphs: { begins: string; voice: string; text: string }[] = [];
  for (const { begins, voice, text: said } of cuesIn(text)) {
    const last = paragraphs.at(-1);
    const isDialogue = /^[-–—]\s?\S/.test(said);
    const isFull = !last || last.voice !== voice || widthOf(last.text) > (ENDED.test(last.text) ? LONG : LONGEST);
    if (isFull || isDialogue) paragraphs.push({ begins, voice, text: said });
    else last.text += ` ${said}`;
  }
  return {
    text: paragraphs
      .map((one) => `[${one.begins}] ${one.voice === '' ? '' : `${one.voice}: `}${one.text}`)
      .join('\n\n'),
    mediaType: isWeb ? 'text/vtt' : 'application/x-subrip',
    title,
  };
}

function* cuesIn(text: string): Generator<Cue> {
  const lines = text.split('\n');
  /** Captions that roll show the last line of a cue again in the next one. */
  let last = '';
  for (let at = 0; at < lines.length; at += 1) {
    const begins = TIMES.exec(lines[at] ?? '')?.[1];
    if (begins === undefined) continue;
    const said: string[] = [];
    for (at += 1; at < lines.length && (lines[at] ?? '').trim() !== '' && !TIMES.test(lines[at] ?? ''); at += 1)
      said.push(lines[at] as string);
    if (TIMES.test(lines[at] ?? '')) at -= 1;
    const shown = said.map(shownLine).filter(Boolean);
    yield* spokenIn(begins, shown[0] === last && shown.length > 1 ? said.slice(said.findIndex(isShown) + 1) : said);
    last = shown.at(-1) ?? '';
  }
}

const shownLine = (line: string): string =>
  line
    .replace(MARKS, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&')
    .trim();
const isShown = (line: string): boolean => shownLine(line) !== '';

/** What each voice of a cue says. */
function* spokenIn(begins: string, lines: readonly string[]): Generator<Cue> {
  let voice = '';
  let text = '';
  for (const line of lines) {
    const named = VOICE.exec(line)?.[1]?.trim();
    const shown = shownLine(line);
    if (named !== undefined && named !== voice) {
      if (text !== '') yield { begins, voice, text };
      voice = named;
      text = '';
    }
    if (shown !== '') text += text === '' ? shown : /^[-–—]\s?\S/.test(shown) ? `\n${shown}` : ` ${shown}`;
  }
  if (text !== '') yield { begins, voice, text };
}
