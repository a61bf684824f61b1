import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { trimmedEnd } from '#core/text/characters.ts';
import { parseCalendar } from './calendar.ts';
import { parseCards } from './cards.ts';
import { csvDelimiter, parseCsv } from './csv.ts';
import { declaredEncoding, decodedPieces, decodeText, encodingOf } from './decode.ts';
import { unreadable } from './failures.ts';
import { parseHtml } from './html.ts';
import { parseJson } from './json.ts';
import { isMail, parseMail } from './mail.ts';
import type { ReadPart } from './mail-attachments.ts';
import { parseNotebook } from './notebook.ts';
import type { Limits } from './options.ts';
import type { DocumentInPieces } from './pieces.ts';
import { withoutRunningLines } from './running-lines.ts';
import { endingOf, sourceType } from './source-types.ts';
import { isSubtitles, parseSubtitles } from './subtitles.ts';

export interface Hints {
  readonly name: string;
  readonly mediaType: string;
}

const JSON_ENDING = /^(?:json|jsonl|ndjson|geojson|ipynb)$/;
const HTML_TAG = /<\/?(?:p|div|span|h[1-6]|ul|li|table|tr|td|br|a|title|meta|script|article|section)\b[^<>]{0,500}>/gi;

/** True if HTML starts after a declaration and comments. */
function startsAsHtml(head: string): boolean {
  let rest = head
    .trimStart()
    .replace(/^<\?xml[^>]*\?>/, '')
    .trimStart();
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->', 4);
    if (end < 0) return false;
    rest = rest.slice(end + 3).trimStart();
  }
  return /^<(?:!doctype\s+html|html|head|body)\b/i.test(rest);
}

/** The form that name, media type and first bytes indicate. */
function formOf(bytes: Buffer, { name, mediaType: given }: Hints) {
  const ending = endingOf(name);
  const mediaType = given.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const head = bytes.toString('latin1', 0, 16_384).replace(/^\xef\xbb\xbf/, '');
  const code = sourceType(name, mediaType);
  const namedHtml = /^(html?|xhtml)$/.test(ending) || /html/.test(mediaType);
  const isMarkdown = /^(md|markdown|mdx)$/.test(ending);
  const tags = namedHtml ? (head.match(HTML_TAG)?.length ?? 0) : 0;
  const isHtml = (!code || code === 'text/xml') && !isMarkdown && (startsAsHtml(head) || tags > 1);
  return { ending, mediaType, code, isHtml, head };
}

/** Kinds of text that their first line tells, whatever their name is. */
function readerOf(head: string, ending: string): ((text: string) => ParsedDocument) | undefined {
  const start = head.slice(0, 100).trimStart();
  if (/^BEGIN:VCALENDAR\b/i.test(start)) return parseCalendar;
  if (/^BEGIN:VCARD\b/i.test(start)) return parseCards;
  return isSubtitles(head, ending) ? (text) => parseSubtitles(text, head.startsWith('WEBVTT')) : undefined;
}

/** Tables and data, piece by piece; undefined where the file is neither. */
export async function parseData(bytes: Buffer, hints: Hints, limits: Limits): Promise<DocumentInPieces | undefined> {
  const { code, isHtml, ending, mediaType, head: first } = formOf(bytes, hints);
  if (code || isHtml || readerOf(first, ending) || isMail(first, ending, mediaType)) return undefined;
  const declared = declaredEncoding(bytes, hints.mediaType);
  const encoding = encodingOf(bytes, declared);
  const read = () => decodedPieces(bytes, encoding);
  const head = read().next().value ?? '';
  const text = /^\s*[[{]/.test(head) ? decodeText(bytes, limits.maxDataCharacters, declared) : '';
  const json = parseNotebook(text) ?? parseJson(text);
  if (!json && JSON_ENDING.test(ending) && text.length > limits.maxCharacters)
    throw unreadable(
      'The file is named JSON, but is damaged or cut, and too long to be read as a text; export it again',
    );
  const delimiter = json ? undefined : tableDelimiter(head, ending, mediaType);
  return delimiter ? parseCsv(read, delimiter) : json;
}

/** Formats of text: the bytes decide; where they cannot tell, the name and then the media type do. */
export async function parseTextual(
  bytes: Buffer,
  hints: Hints,
  limits: Limits,
  readPart?: ReadPart,
): Promise<ParsedDocument | DocumentInPieces> {
  const { code, isHtml, ending, mediaType, head } = formOf(bytes, hints);
  const reader = code ? undefined : readerOf(head, ending);
  if (!code && !reader && isMail(head, ending, mediaType)) return parseMail(bytes, limits, readPart);
  if (isHtml) return parseHtml(bytes, limits);
  const text = decodeText(bytes, limits.maxCharacters, declaredEncoding(bytes, hints.mediaType));
  if (reader) return reader(text);
  if (code) return { text, mediaType: code, title: null };
  return /^(md|markdown|mdx)$/.test(ending) || (/markdown/.test(mediaType) && ending !== 'txt')
    ? markdown(text)
    : plain(text);
}

function tableDelimiter(head: string, ending: string, mediaType: string): string | undefined {
  const named = /^(csv|tsv|tab|psv)$/.test(ending) || /csv|tab-separated/.test(mediaType);
  if (named) return csvDelimiter(head, 1, 2, true);
  const unnamed =
    !/^(txt|text|md|markdown|mdx|log|html?)$/.test(ending) && !/^text\/(plain|x?-?markdown|html)$/.test(mediaType);
  return unnamed ? csvDelimiter(head, 5, 3, false) : undefined;
}

function markdown(text: string): ParsedDocument {
  const head = text.slice(0, 4_096);
  const heading = /^#[ \t]+(\S.*)$/m.exec(head)?.[1] ?? '';
  return { text, mediaType: 'text/markdown', title: frontTitle(head) || trimmedEnd(heading, /[\s#]/) || null };
}

/** The title that a block of YAML before the text names. */
function frontTitle(head: string): string | undefined {
  const end = `${head}\n`.indexOf('\n---\n', 3);
  if (!head.startsWith('---\n') || end < 0) return undefined;
  const value = /^title:(.*)$/m.exec(head.slice(4, end))?.[1]?.trim();
  return value?.replace(/^["']/, '').replace(/["']$/, '');
}

/** End of a paragraph that a page break cut. The next page continues in lower case. */
const GOES_ON = /[\p{L}\p{N},)]/u;

/** The last line of an RFC's page, in copies that have lost their form feeds. */
const PAGE_FOOT = /^.{0,100}\S[ \t]{2,60}\[Page \d{1,4}\][ \t]*$/gm;

const sheetsOf = (text: string): string[] => (text.includes('\f') ? text : text.replace(PAGE_FOOT, '$&\f')).split('\f');

/** Form feeds end the pages of a printed text, such as an RFC: then it has pages, and loses what each of them repeats. */
function plain(text: string): ParsedDocument {
  const sheets = sheetsOf(text);
  if (sheets.length < 3) return { text: text.replaceAll('\f', '\n'), mediaType: 'text/plain', title: null };
  const lines = sheets.map((sheet) => sheet.split('\n').map((line) => line.trimEnd()));
  const trimmed = lines.map((sheet) =>
    sheet.slice(
      sheet.findIndex((line) => line !== ''),
      sheet.findLastIndex((line) => line !== '') + 1,
    ),
  );
  const kept = withoutRunningLines(trimmed, (line) => ({ text: line.trim().replace(/\s{3,}/g, '\t') }));
  let joined = '';
  const pages: number[] = [];
  for (const sheet of kept) {
    const body = sheet.join('\n').replace(/^\n+/, '').trimEnd();
    if (joined !== '' && body !== '')
      joined += GOES_ON.test(joined.slice(-1)) && /^\s*\p{Ll}/u.test(body) ? '\n' : '\n\n';
    pages.push(joined.length);
    joined += body;
  }
  return { text: joined, mediaType: 'text/plain', title: null, pages };
}
