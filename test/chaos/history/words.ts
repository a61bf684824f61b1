/** Questions and answers whose every token tells which one it is, so that a lost or doubled one is seen. */

/** Words of most answers; every sixth is longer, so that a stream which falls silent in its middle is seen. */
export const WORDS = 120;
const LONG = 3 * WORDS;

/** `viewer` and `number` name the question; nobody else's answer has its words. */
export const question = (viewer: string, number: number): string => `Question ${viewer}q${number}: tell all.`;

const NAME = /Question (\w+q\d+):/;
export const nameOf = (text: string): string | undefined => NAME.exec(text)?.[1];

export function words(name: string): string[] {
  const length = Number(/\d+$/.exec(name)?.[0]) % 6 === 0 ? LONG : WORDS;
  return Array.from({ length }, (_, index) => `${name}w${index} 词😀${index === length - 1 ? '.' : ' '}`);
}

export const answer = (name: string): string => words(name).join('');

const WORD = /(\w+q\d+)w(\d+) /g;

/** The numbers of the words in a text, in their order. */
export const numbersIn = (text: string): number[] => [...text.matchAll(WORD)].map(([, , number]) => Number(number));

/** Names of the viewers whose words or questions are in a text. */
export const viewersIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/\b(viewer[a-z]+)q\d+/g)].map(([, viewer]) => viewer ?? ''));
