import type { IndexedPassage } from '#core/ports/store.ts';
import { sentences } from '#core/text/sentences.ts';
import type { Span } from '#core/turn.ts';
import { tokenHash } from './token-hash.ts';
import { isCjkSingle, tokenize } from './tokens.ts';

/** The fields of a passage that every engine reads. */
export type PassageText = Pick<IndexedPassage, 'id' | 'documentTitle' | 'heading' | 'text'>;

/** A passage cut into tokens, once for all that wants them. */
export interface Analysis {
  /** The tokens of the document's title and of the passage's headings. */
  readonly title: readonly string[];
  /** Offsets into the passage's text. */
  readonly sentences: readonly (Span & { readonly tokens: readonly string[] })[];
}

export function analyse({ documentTitle, heading, text }: Omit<PassageText, 'id'>): Analysis {
  return {
    title: tokenize(`${documentTitle}\n${heading ?? ''}`),
    sentences: sentences(text).map(({ start, end }) => ({ start, end, tokens: tokenize(text.slice(start, end)) })),
  };
}

/** The keyword tokens of a passage, with repetitions. Tokens of its title count twice. */
export const keywordTokens = ({ title, sentences: cut }: Analysis): string[] => [
  ...title,
  ...title,
  ...cut.flatMap(({ tokens }) => tokens),
];

/** A passage as the second stage reads it: tokens by their hashes, without single CJK characters, which are everywhere. */
export interface Reading {
  readonly text: string;
  readonly title: Uint32Array;
  readonly sentences: readonly (Span & { readonly tokens: Uint32Array })[];
}

export const readingOf = (text: string, { title, sentences: cut }: Analysis): Reading => ({
  text,
  title: hashes(title),
  sentences: cut.map(({ start, end, tokens }) => ({ start, end, tokens: hashes(tokens) })),
});

const hashes = (tokens: readonly string[]): Uint32Array =>
  Uint32Array.from(tokens.filter((token) => !isCjkSingle(token)).map(tokenHash));
