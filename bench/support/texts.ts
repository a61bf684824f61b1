/** Markdown made up of English words that come as often as words do (Zipf), in sentences, paragraphs and sections: the same each time. */
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { EncoderFile } from '../../src/adapters/encoder/encoder-file.ts';
import { seeded } from '../../test/support/random.ts';

const FILE = new URL('../../src/adapters/encoder/encoder.bin.zst', import.meta.url);
/** Words of the encoder's vocabulary, the most frequent first. */
const words = wordsOf(new EncoderFile(zstdDecompressSync(readFileSync(FILE))));
const next = seeded(7);
const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
const list = (length: number, one: () => string, separator: string) => Array.from({ length }, one).join(separator);

const word = () => words[Math.floor(words.length ** next()) - 1] as string;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = () => `${capital(list(between(12, 28), word, ' '))}.`;
const paragraph = () => list(between(3, 7), sentence, ' ');
const heading = () => capital(list(between(2, 6), word, ' '));

export const question = (): string => `What of ${list(6, word, ' ')}?`;

/** A text of about this many bytes. */
export function markdown(bytes: number): string {
  const parts = [`# ${heading()}`];
  for (let length = 0; length < bytes; ) {
    if (parts.length % 6 === 5) parts.push(`## ${heading()}`);
    const added = paragraph();
    parts.push(added);
    length += added.length + 2;
  }
  return parts.join('\n\n');
}

function wordsOf(file: EncoderFile): string[] {
  const scores = file.floats('scores');
  return file
    .text('pieces')
    .split('\n')
    .map((piece, place) => ({
      word: piece.slice(1),
      isWord: /^\u2581[a-z]{2,}$/.test(piece),
      score: scores[place] ?? 0,
    }))
    .filter(({ isWord }) => isWord)
    .sort((a, b) => b.score - a.score)
    .map(({ word }) => word);
}
