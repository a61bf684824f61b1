/** Near-misses by rule: a text in which one word that bears what it says is exchanged for another one. */
import { baseForms } from '../../src/plugins/cache/semantic/english-words.ts';
import { lexicon } from '../../src/plugins/cache/semantic/lexicon.ts';

/** Tries to draw a word that fits. */
const TRIES = 50;
const FUNCTION_WORDS = new Set(
  `with from into that this these those they them their there which when what where while will would should could have been being such
also more most some each than then only other both about over under after before between through during very must your yours like well
even does doing rather whether instead without within upon onto just here`.split(/\s+/),
);
/** Words within a sentence that are no names, from four letters on. */
const plainWords = (text: string) =>
  [...text.matchAll(/(?<=\s)[a-z]{4,}(?=[\s,.;])/g)].filter(([word]) => !FUNCTION_WORDS.has(word));
const HAN = new Intl.Segmenter('zh', { granularity: 'word' });
const chineseWords = (text: string) =>
  [...HAN.segment(text)].filter(
    ({ segment }) => /^\p{Script=Han}{2,}$/u.test(segment) && !CHINESE_ASKING.test(segment),
  );
const CHINESE_ASKING =
  /什么|怎|如何|哪|多少|为何|是否|可以|能否|请问|一下|我们|你们|他们|需要|应该|如果|因为|所以|但是/u;

/** The words that exchanges are drawn from: those of all texts, each once. */
export const wordsOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => plainWords(text).map(([word]) => word)))].sort();
export const chineseWordsOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => chineseWords(text).map(({ segment }) => segment)))].sort();

/** Inflected as the word whose place it takes, as far as endings tell. */
const ending = (word: string): string => /(?:ing|ed|ly|[^s]s)$/.exec(word)?.[0].slice(-2) ?? '';
const areSynonyms = (one: string, other: string): boolean =>
  baseForms(one).some((form) => baseForms(other).some((second) => lexicon().nearness(form, second) !== undefined));

/** `count` times, one word of `text` exchanged for a word that neither text has and that is no synonym in WordNet. */
export function exchanged(
  text: string,
  known: string,
  { vocabulary, random, count }: { vocabulary: readonly string[]; random: () => number; count: number },
): string[] {
  const isChinese = /\p{Script=Han}/u.test(text);
  const places = isChinese
    ? chineseWords(text).map(({ segment, index }) => ({ word: segment, index }))
    : plainWords(text).map(({ 0: word, index }) => ({ word, index }));
  return Array.from({ length: places.length === 0 ? 0 : count }, () => {
    const { word, index } = places[Math.floor(random() * places.length)] as { word: string; index: number };
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const other = vocabulary[Math.floor(random() * vocabulary.length)] as string;
      const fits = isChinese
        ? other.length === word.length
        : ending(other) === ending(word) && !areSynonyms(word, other);
      if (fits && !text.includes(other) && !known.includes(other))
        return text.slice(0, index) + other + text.slice(index + word.length);
    }
    return [];
  }).flat();
}

/** Words of closed classes and opposites: each for the other, wherever one stands. */
const CONTRARY =
  `must can|must may|all some|every some|before after|and or|with without|first last|more less|most least|always sometimes
only also|local remote|locally remotely|download upload|create delete|add remove|adds removes|adding removing|input output|read write
row column|rows columns|column row|columns rows|load save|loading saving|training testing|increase decrease|enable disable|enables disables
open close|start stop|optional required|required optional|same different|new old|larger smaller|large small|faster slower|true false
above below|inside outside|include exclude|multiple single|several single|minimum maximum|in outside|can cannot
is isn’t|are aren’t|does doesn’t|audio video|image text|images texts|memory disk|previously subsequently|accept reject|accepts rejects
public private|easy hard|simple complex|ascending descending|horizontal vertical|compress decompress|user developer|users developers`
    .split(/[|\n]/)
    .map((pair) => pair.split(' ') as [string, string]);

/** Each text in which one word of a closed class, or one that has an opposite, is exchanged for its contrary. */
export function contrary(text: string): string[] {
  const found = CONTRARY.flatMap(([one, other]) => [
    [one, other],
    [other, one],
  ]).flatMap(([from = '', to = '']) => {
    const at = text.search(new RegExp(`(?<=\\s)${from}(?=[\\s,.;])`));
    return at < 0 ? [] : [text.slice(0, at) + to + text.slice(at + from.length)];
  });
  return [...new Set(found)];
}
