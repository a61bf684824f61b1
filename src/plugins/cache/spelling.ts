/** Spellings that no reader tells apart, and messages in which every sign counts. */

/** Full-width forms of ASCII and of signs, half-width forms of kana. Superscripts and fractions are no such forms: `10²` is not `102`. */
const WIDTHS = /[\u3000\uff01-\uff9f\uffe0-\uffee]/gu;

export const folded = (text: string): string => text.normalize('NFC').replace(WIDTHS, (form) => form.normalize('NFKC'));

/**
 * One spelling of those that no reader tells apart: width of letters, composed letters, white space at ends, and runs of blanks
 * within a line. Line breaks and indentation stay, for they count in code, and so do blanks beside quotation marks.
 */
export const normalised = (message: string): string =>
  folded(message)
    .split(/\r\n?|\n/)
    .map((line) => {
      const indentation = /^[\t ]*/.exec(line)?.[0] ?? '';
      const rest = line.slice(indentation.length).trimEnd();
      return `${indentation}${/["'`]/.test(rest) ? rest : rest.replace(/[^\S\n]+/gu, ' ')}`;
    })
    .join('\n')
    .trim();

const FORMAL: readonly RegExp[] = [
  /[≤≥≠≈√∑∏∫∂±×÷∞∈∉⊂∪∩∧∨¬→⇒⇔∀∃]/u,
  /[=!<>]=|[=-]>|\*\*|\+\+|--(?=\w)|&&|\|\||<<|>>|::/,
  /[\p{L}\p{N})\]] ?[<>^] ?[\p{L}\p{N}([-]/u,
  /\d ?[+*^] ?[\d(\p{L}]|(?<![\p{L}./]\d{0,9})\d ?\/ ?[\d(]|\d ?-(?: ?\d| \p{L})|\) ?[-+*/^] ?[\p{L}\d(]|[\p{L}\d] ?[+*/^-] ?\(|\b[a-z]\*/u,
  /\d!|[\p{L}\p{N}_]\[[^\]\n]{0,80}\]|[{};]\s*$/mu,
  /\n[\t ]+\S/,
];

/**
 * The signs of a message that has a formula or code, in which brackets, signs or indentation tell what it says; null of any other.
 * Sorted: who says it in other words may move them.
 */
export function formalSigns(message: string): string | null {
  const text = folded(message);
  if (!FORMAL.some((pattern) => pattern.test(text))) return null;
  return (text.match(/[^\p{L}\p{N}\s.,:;'"`?-]/gu) ?? []).sort().join('');
}
