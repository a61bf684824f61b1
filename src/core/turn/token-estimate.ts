const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/g;

/**
 * Tokens of a text, for a provider that does not count them: four Latin letters or one CJK character to a token, the rule of
 * thumb of OpenAI's tokenizer page.
 */
export function estimateTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return Math.ceil(wide + (text.length - wide) / 4);
}
