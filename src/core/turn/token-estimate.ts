/**
 * Tokens of a text, for a provider that does not count them: four Latin letters or one CJK character to a token, the rule of
 * thumb of OpenAI's tokenizer page.
 */
export function estimateTokens(text: string): number {
  const count = new TokenCount();
  count.add(text);
  return count.tokens;
}

/** The same of a text that comes piece by piece, without keeping it. */
export class TokenCount {
  #wide = 0;
  /** UTF-16 code units. */
  length = 0;

  add(text: string): void {
    this.length += text.length;
    for (let index = 0; index < text.length; index += 1) if (isWide(text.charCodeAt(index))) this.#wide += 1;
  }

  get tokens(): number {
    return Math.ceil(this.#wide + (this.length - this.#wide) / 4);
  }
}

const isWide = (unit: number): boolean =>
  unit >= 0x2e80 && (unit <= 0x9fff || (unit >= 0xac00 && unit <= 0xd7af) || (unit >= 0xf900 && unit <= 0xfaff));
