import { remembered } from '#core/text/remembered.ts';
import { comparableWords, negatedWords } from '#core/text/words.ts';

const KEPT = { longest: 1_000, characters: 500_000 };

/** `comparableWords`: several features ask for those of one sentence, and passages come again with the next answers. */
export const wordsOf: (text: string) => readonly string[] = remembered(comparableWords, KEPT);

/** `negatedWords`. */
export const deniedIn: (text: string) => ReadonlySet<string> = remembered(negatedWords, KEPT);
