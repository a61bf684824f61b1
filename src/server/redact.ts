/** Takes out of a message what a log must not hold: secrets, and what people wrote. */

const MASK = '******';
const LONGEST = 500;

/** Secrets by their form, whoever set them: credentials of URLs and headers, keys of providers, `password=…`. */
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

/** Redacts by form, by the settings' own secrets, and by quotation marks. */
export function redactor(secrets: readonly string[] = []): (message: string) => string {
  const known = secrets.filter((secret) => secret.length >= 6).toSorted((a, b) => b.length - a.length);
  return (message) => {
    let text = message.slice(0, 4 * LONGEST);
    for (const secret of known) text = text.replaceAll(secret, MASK);
    for (const [form, mask] of FORMS) text = text.replace(form, mask);
    text = text.replace(QUOTED, quoted);
    return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
  };
}
