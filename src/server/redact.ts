/** Takes out of a message what a log must not hold: secrets, and what people wrote. */

const MASK = '******';
const LONGEST = 500;

/** Secrets by their form, from any source: credentials of URLs and headers, keys of providers, `password=…`. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/(Unexpected \w+)[\s\S]*?( (?:is not valid|in) JSON)/g, '$1 …$2'], // JSON.parse quotes what it could not read
  [/\b([a-z][a-z\d+.-]{0,20}:\/\/)[^\s/@]{1,200}@/gi, `$1${MASK}@`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  [/\b(?:sk|pk|rk|key|ghp|gho|xox[abp])[-_][\w-]{8,}/gi, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, MASK],
  [
    /\b((?:pass(?:word|wd)?|secret|token|api[-_]?key|authorization)["']?\s{0,3}[=:]\s{0,3})["']?[^\s"',;&)]+/gi,
    `$1${MASK}`,
  ],
];
/** What a message quotes may be a person's words: names of columns and files have neither spaces nor 40 characters. */
const QUOTED = /(["'`“])([^"'`“”\n]{1,2000})(["'`”])(\.{3}|…)?/g;

const quoted = (whole: string, open: string, inside: string, close: string, cut?: string): string =>
  cut || inside.length > 40 || /\s|[^\p{ASCII}]/u.test(inside) ? `${open}…${close}` : whole;

/** Removes a message's secrets and people's words; `texts` are those that its error may repeat. */
export type Redact = (message: string, texts?: readonly string[]) => string;

/** Redacts by texts, by form, by the settings' own secrets, and by quotation marks. */
export function redactor(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length >= 6).toSorted((a, b) => b.length - a.length);
  return (message, texts = []) => {
    let text = message.slice(0, 4 * LONGEST);
    for (const part of texts.flatMap(partsOf)) text = text.replaceAll(part, '…');
    for (const secret of known) text = text.replaceAll(secret, MASK);
    for (const [form, mask] of FORMS) text = text.replace(form, mask);
    text = text.replace(QUOTED, quoted);
    return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
  };
}

const MOST_PARTS = 100;
const LEAST_PART = 8;
/** A text as a whole, then its sentences and lines: an error may repeat a part of it. */
function partsOf(text: string): string[] {
  const sentences = text.slice(0, 8 * LONGEST).split(/[.!?\n。！？]+/);
  return [text, ...sentences.map((sentence) => sentence.trim())]
    .filter(({ length }) => length >= LEAST_PART)
    .slice(0, MOST_PARTS);
}
