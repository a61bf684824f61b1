import { type PlainQuestion, plainQuestion, tellsOf } from '#core/text/plain-questions.ts';
import { sentences } from '#core/text/sentences.ts';
import type { Passage } from '#core/turn.ts';
import { type Chosen, candidateOf } from './choose-sentences.ts';

/** Passages that are looked at, and sentences of those. */
const MOST_PASSAGES = 8;
const MOST_SENTENCES = 200;
const MOST_CHOSEN = 2;

interface Answer extends Chosen {
  /** Subjects of the question that the sentence itself has. */
  readonly own: number;
}

/** True if the question asks for a value that has a form of its own, such as a price, and none of the sentences has one. */
export function lacksValue(query: string, sentences: readonly Chosen[]): boolean {
  const kind = plainQuestion(query)?.kind;
  return kind?.hasForm === true && !sentences.some(({ text }) => kind.told.test(text));
}

const ADDRESS =
  /\b(?:tele)?phone numbers?\b|\be-?mail address\b|(?:电话|手机|邮箱|热线)(?:号码?|地址)?是(?:多少|什么|哪个)/iu;

/** True if nothing but a number of a telephone or an address of e-mail answers: a sentence without one does not. */
export const asksForAddress = (query: string): boolean => ADDRESS.test(query);

/** A code: letters, then digits, two or more of those or after a hyphen. */
const CODE = /(?<![\p{L}\p{N}])\p{Lu}{1,5}(?:-\d{1,6}|\d{2,6})(?![\p{L}\p{N}])/gu;
const bare = (text: string): string => text.replace(/[\s\p{Pd}]/gu, '').toLowerCase();

/** A thing with its number, such as Lathe 9. A month's number is a date. */
const NUMBERED =
  /(?<![\p{L}\p{N}])(?!January|February|March|April|May|June|July|August|September|October|November|December)(\p{Lu}\p{Ll}{1,30}) (\d{1,4})(?![\p{L}\p{N}.,:/-])/gu;

/** True if the question is about a code, such as E20 or Lathe 9, that no passage has. Other codes do not answer it. */
export function asksForOtherCode(query: string, passages: readonly Passage[]): boolean {
  const asked = query.normalize('NFKC');
  const codes = asked.match(CODE) ?? [];
  const whole = passages.map(({ text, heading, documentTitle }) => `${text}\n${heading ?? ''}\n${documentTitle}`);
  if (codes.length > 0) {
    const texts = whole.map(bare);
    return !codes.some((code) => texts.some((text) => text.includes(bare(code))));
  }
  if (asksForOtherArticle(asked, whole)) return true;
  const named = [...asked.matchAll(NUMBERED)];
  if (named.length === 0) return false;
  const told = numberedThings(whole);
  return named.some(([, name = '', number = '']) => hasOthersAlone(told, name.toLowerCase(), Number(number)));
}

interface NumberedThing {
  readonly number: number;
  /** It begins a range or a list of numbers. */
  readonly hasMore: boolean;
}

const THING = /(?<![\p{L}\p{N}])(\p{L}{2,32})[\s#-]{1,3}(\d{1,6})(\s?(?:[-–—,/&]|to |and |or )\s?\d)?/giu;

/** By their names in lower case. */
function numberedThings(texts: readonly string[]): ReadonlyMap<string, readonly NumberedThing[]> {
  const found = texts.flatMap((text) => [...text.matchAll(THING)]);
  const things = found.map(([, name = '', number, more]) => ({
    name: name.toLowerCase(),
    number: Number(number),
    hasMore: more !== undefined,
  }));
  return Map.groupBy(things, ({ name }) => name);
}

const ARTICLE = /第\s?([〇零一二三四五六七八九十百\d]{1,6})\s?([条章节])/gu;

/** True if the question is about 第十条 alone, and the texts have other articles, but not this one. */
function asksForOtherArticle(query: string, texts: readonly string[]): boolean {
  const asked = [...query.matchAll(ARTICLE)];
  const [article] = asked;
  if (!article || asked.length > 1) return false;
  const held = texts.flatMap((text) => [...text.matchAll(ARTICLE)].filter(([, , unit]) => unit === article[2]));
  return held.length > 0 && !held.some(([, number]) => numberOf(number) === numberOf(article[1]));
}

/** 十二, 一百〇三 and 12 as numbers. */
function numberOf(text = ''): number {
  if (/^\d+$/.test(text)) return Number(text);
  let all = 0;
  let digit = 0;
  for (const character of text) {
    const place = '〇一二三四五六七八九'.indexOf(character.replace('零', '〇'));
    if (place >= 0) digit = place;
    else {
      all += (digit || 1) * (character === '百' ? 100 : 10);
      digit = 0;
    }
  }
  return all + digit;
}

/** True if the texts number things of that name, but none with this number, and no range or list of numbers. */
function hasOthersAlone(told: ReadonlyMap<string, readonly NumberedThing[]>, name: string, asked: number): boolean {
  const others = [...(told.get(name) ?? []), ...(told.get(`${name}s`) ?? [])];
  return others.length > 0 && others.every(({ number, hasMore }) => number !== asked && !hasMore);
}

/**
 * The sentences that answer a plain question: they have the kind of value that it asks for, and its subjects stand in them, in the
 * sentence before, the heading or the title. A document answers "how long is the warranty?" with its guarantee. None if a subject is
 * in none of those.
 */
export function plainAnswers(query: string, passages: readonly Passage[]): readonly Chosen[] {
  const question = plainQuestion(query);
  if (!question) return [];
  const answers = passages
    .slice(0, MOST_PASSAGES)
    .flatMap((passage) => answersIn(passage, question))
    .slice(0, MOST_SENTENCES);
  const best = Math.max(...answers.map(({ own }) => own));
  const ranked = answers.filter(({ own }) => own === best).sort((a, b) => b.score - a.score);
  return [...Map.groupBy(ranked, ({ text }) => text).values()].map(([first]) => first as Answer).slice(0, MOST_CHOSEN);
}

function answersIn(passage: Passage, { subjects, kind }: PlainQuestion): Answer[] {
  const scores = new Map((passage.highlights ?? []).map(({ start, score }) => [start, score]));
  const spans = sentences(passage.text);
  const around = `${passage.documentTitle}\n${passage.heading ?? ''}`;
  return spans.flatMap((span, place) => {
    const text = passage.text.slice(span.start, span.end);
    if (kind && !kind.told.test(text)) return [];
    const others = subjects.filter((subject) => !tellsOf(subject, text, kind?.hasForm));
    const own = subjects.length - others.length;
    if (own === 0 && subjects.length > 0 && !kind) return [];
    const before = spans[place - 1];
    const near = before ? passage.text.slice(before.start, before.end) : '';
    // With one subject and the kind of value in the sentence, another may stand elsewhere in the passage.
    const context = `${around}\n${own > 0 && kind ? passage.text : near}\n${text}`;
    if (!others.every((subject) => tellsOf(subject, context))) return [];
    return candidateOf(passage, { ...span, score: scores.get(span.start) ?? 0 })
      .filter(({ isStatement }) => isStatement)
      .map((chosen) => ({ ...chosen, own }));
  });
}
