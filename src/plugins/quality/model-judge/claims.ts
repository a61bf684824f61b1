import type { ModelRequest } from '#core/ports/language-model.ts';

/** UTF-16 code units of the document that the judge is shown with each claim. */
const MOST_DOCUMENT = 24_000;
const MOST_CLAIM = 2_000;

/** The prompt for one claim of a fact-checking model: the form of MiniCheck (Tang et al. 2024, arXiv 2404.10774). */
export function claimRequest(context: readonly string[], claim: string): ModelRequest {
  const content = `Document: ${context.join('\n\n').slice(0, MOST_DOCUMENT)}\nClaim: ${claim.slice(0, MOST_CLAIM)}`;
  return { system: '', messages: [{ role: 'USER', content }], query: content, passages: [] };
}

/** True for yes, false for no, undefined for nonsense. */
export function readClaim(reply: string): boolean | undefined {
  const word = /^\W*(yes|no|supported|unsupported|not supported|是|否)(?![\p{L}])/iu.exec(reply)?.[1]?.toLowerCase();
  if (word === undefined) return undefined;
  return ['yes', 'supported', '是'].includes(word);
}
