/** Words for comparing two short texts: plain lower-case words, and pairs of CJK characters. Not what an index is made of. */
const RUNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

export function comparableWords(text: string): string[] {
  return (text.normalize('NFKC').toLowerCase().match(RUNS) ?? []).flatMap((run) =>
    CJK.test(run) ? pairs(run) : [run],
  );
}

function pairs(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

export const isCjk = (text: string): boolean => CJK.test(text);

const NUMBERS = /\p{N}+(?:[.,:]\p{N}+)*/gu;
export const numbersIn = (text: string): string[] => text.normalize('NFKC').match(NUMBERS) ?? [];

const NEGATIONS = /\b(?:no|not|never|none|neither|nor|cannot|without)\b|n['’]t\b|[不没沒未无無非]/giu;
export const negationsIn = (text: string): number => text.match(NEGATIONS)?.length ?? 0;
