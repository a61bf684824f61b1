/** Default titles that programs give to untitled documents, in the languages of common programs. */
const MADE_UP =
  /^[([{<"'-]{0,3}(?:anonymous|unnamed|unknown|none|null|undefined|no ?title|unknown title|title|untitled(?: document| presentation| spreadsheet)?|(?:new |blank |word |pdf |text |web )?(?:document|page|file)|powerpoint(?:[- ]pr[äaeé]sentation)?|(?:powerpoint )?presentation|apresentação do powerpoint|presentación de powerpoint|présentation powerpoint|презентация powerpoint|powerpoint 演示文稿|演示文稿|無題|无标题(?:文档)?|untitled design|(?:slide|folie|diapositive|diapositiva|幻灯片|sheet|tabelle|book|layout|page|seite|scan|scanned document|image|print(?: ?out)?|output|template|default|about:blank|home(?: ?page)?|index|microsoft (?:word|excel|powerpoint)))[)\]}>"']{0,3}[-_ ]?\d{0,4}$/iu;
/** The name of a file, or of a place. */
const FILE_NAME =
  /^\S.{0,240}\.(?:docx?|dotx?|pdf|indd|tex|dvi|qxd|pptx?|xlsx?|odt|rtf|txt|html?|ai|eps|ps|pub|wpd|cdr|psd|jpe?g|png|tiff?)$/iu;
const PRINTED = /^microsoft (?:word|excel|powerpoint|office \w+)\s*[-–—]\s*/i;
const ADDRESS = /^(?:https?|file|ftp):\/\/|^[a-z]:\\|^\/\w/i;

/** A title that a person gave. Null for a program's default and for a file name. */
export function realTitle(given: string): string | null {
  const title = given.replace(/\s+/g, ' ').trim().slice(0, 1_000);
  const bare = title.replace(PRINTED, '');
  if (!/[\p{L}\p{N}]/u.test(bare) || MADE_UP.test(bare) || FILE_NAME.test(bare) || ADDRESS.test(bare)) return null;
  return bare === title ? title : null;
}

/** The first heading of a text in Markdown, which names it where nothing else does. */
export function firstHeading(text: string): string | null {
  const heading = /^#{1,6} (.{2,200})$/m.exec(text.slice(0, 20_000))?.[1] ?? '';
  return realTitle(heading);
}
