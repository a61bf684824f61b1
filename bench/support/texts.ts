/** Markdown made up of English words that come as often as words do (Zipf), in sentences, paragraphs and sections: the same each time. */
import { readFileSync } from 'node:fs';
import { seeded } from '../../test/support/random.ts';

/** The words with vectors, the most frequent first; the length of the list stands at byte 8, the list at the end. */
const file = readFileSync(new URL('../../src/plugins/retrieval/embedding/english.vectors', import.meta.url));
const words = file.toString('utf8', file.length - file.readUInt32LE(8)).split('\n');
const next = seeded(7);
const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
const list = (length: number, one: () => string, separator: string) => Array.from({ length }, one).join(separator);

const word = () => words[Math.floor(words.length ** next()) - 1] as string;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = () => `${capital(list(between(12, 28), word, ' '))}.`;
const paragraph = () => list(between(3, 7), sentence, ' ');
const heading = () => capital(list(between(2, 6), word, ' '));

export const question = (): string => `What of ${list(6, word, ' ')}?`;

/** Of about so many bytes. */
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
