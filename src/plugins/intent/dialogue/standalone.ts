/** Fills in what a message leaves unsaid, from the messages before it. A rewrite widens a search; it may be wrong, so it never replaces the message. */
import { trimmedEnd } from '#core/text/characters.ts';
import { readable } from '../classifier/tokens.ts';
import { refersToItself } from './context-features.ts';
import type { PastMessage } from './past.ts';
import { topicOf } from './topic.ts';
import { isStopWord } from './words.ts';

const CJK = /\p{Script=Han}/u;
const SEGMENTER = new Intl.Segmenter('zh', { granularity: 'word' });
const REFERS =
  /\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|those)\b|[它他她其]|这|那个|那些|^那|^(?:and|what about|how about)\b/i;
const SUBJECT = /\b(?:it|they|them|he|him|she)\b(?!')/i;
const POSSESSIVE = /\b(?:its|their|his)\b/i;
const HER = /\bher\b(?=\s+\p{L})/iu;
const ENGLISH_ELLIPSIS =
  /^\s*(?:(?:so|ok|okay|well)[, ]+)?(?:and(?: what about| how about)?|what about|how about|or)\s+(?:(?:in|for|with|about|the)\s+)*(.{1,60}?)\s*[?.!]*\s*$/i;
const CHINESE_ELLIPSIS = /^(?:那么?|然后|还有)?[,，\s]*(.{1,20}?)呢\s*[?？!！。]*$/;
const CHINESE_THING =
  /(?:它们|他们|她们|[它他她]|这(?:个|家|款|位|部|本|座|首|件|种|些|里|儿)?(?:餐馆|餐厅|酒店|景点|地方|东西|人|公司|产品|问题|话题)?|那(?:个|家|款|位|部|本|座|首|件|里|儿)(?:餐馆|餐厅|酒店|景点|地方|东西|人|公司|产品|问题|话题)?)/;
const TIME_WORD =
  /(?:大?[前后今明昨]天|[上下这本]个?(?:周|星期|礼拜|月)[一二三四五六日天末]?|[今明去前后]年|周[一二三四五六日末]|(?:早上|上午|中午|下午|晚上)|\d{4}年?|\d+月(?:\d+[日号])?)/;
const ENGLISH_TIME =
  /\b(?:(?:19|20)\d\d|today|tomorrow|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december)\b/i;

/** Messages that name a thing to talk about, before those that ask something of it. */
const INTRODUCES =
  /^\W*(?:what(?:'s| is| are| was| were)|who(?:'s| is| was| are)|tell me|describe|explain|introduce|i(?:'m| am) )|什么是|是什么|是谁|介绍|了解|知道|讲讲|聊聊|关于/i;
/** Weights of a candidate, chosen on the even lines of CAsT 2019 (ROUGE-1 recall of rewrites). */
const OLDER = 0.8;
const INTRODUCED = 0.5;
const NAMED = 0.4;
const FIRST = 0.4;
const REPEATED = 0.15;

interface Candidate {
  readonly phrase: string;
  readonly question: string;
  readonly weight: number;
}

/** The referent of a message: the topic of the user's messages, preferably a recent one, a name, or their subject. */
export function antecedentOf(past: readonly PastMessage[], topic: string | null): Omit<Candidate, 'weight'> | null {
  const asked = past.filter(({ role }) => role === 'USER').reverse();
  const everything = past.map(({ content }) => content.toLowerCase());
  const candidates = asked.flatMap(({ content }, age): Candidate[] => {
    const phrase = REFERS.test(content) ? null : topicOf(content);
    if (!phrase) return [];
    const mentions = everything.filter((one) => one.includes(phrase.toLowerCase())).length - 1;
    const weight =
      OLDER ** age +
      (INTRODUCES.test(content) ? INTRODUCED : 0) +
      (/^\p{Lu}|\s\p{Lu}/u.test(phrase) ? NAMED : 0) +
      (age === asked.length - 1 ? FIRST : 0) +
      REPEATED * Math.min(3, mentions);
    return [{ phrase, question: content, weight }];
  });
  const [best] = candidates.sort((one, other) => other.weight - one.weight);
  if (best) return best;
  return topic === null ? null : { phrase: topic, question: topic };
}

/** The message in full. The same text where nothing is found to fill in. */
export function standaloneOf(message: string, past: readonly PastMessage[], topic: string | null): string {
  const antecedent = antecedentOf(past, topic);
  if (!antecedent) return message;
  const { phrase } = antecedent;
  const question = lastQuestion(past) ?? antecedent.question;
  if (message.toLowerCase().includes(phrase.toLowerCase()) || refersToItself(message)) return message;
  return CJK.test(message) ? chinese(message, phrase, question) : english(message, phrase, question);
}

/** The user's last complete question, which `and in 2020?` asks again. */
function lastQuestion(past: readonly PastMessage[]): string | null {
  const found = past.findLast(
    ({ role, content }) => role === 'USER' && !REFERS.test(content) && topicOf(content) !== null,
  );
  return found?.content ?? null;
}

function english(message: string, phrase: string, question: string): string {
  const other = ENGLISH_ELLIPSIS.exec(message)?.[1];
  if (other && !REFERS.test(other))
    return (
      substituted(question, topicOf(question) ?? phrase, other, ENGLISH_TIME) ?? `${withoutEnd(message)} (${phrase})?`
    );
  const owned = /s$/i.test(phrase) ? `${phrase}'` : `${phrase}'s`;
  const filled = message.replace(POSSESSIVE, () => owned).replace(HER, () => owned);
  const subject = filled.replace(SUBJECT, () => phrase);
  if (subject !== message) return subject;
  const trimmed = message.trimEnd();
  const end = trimmed.slice(trimmedEnd(trimmed, /[?.!]/).length);
  return `${withoutEnd(message)} (${phrase})${end}`;
}

function chinese(message: string, phrase: string, question: string): string {
  const other = CHINESE_ELLIPSIS.exec(readable(message))?.[1];
  if (other && !CHINESE_THING.test(other)) {
    const inQuestion = substituted(question, topicOf(question) ?? phrase, other, TIME_WORD);
    return inQuestion ?? `${phrase}${message}`;
  }
  if (/其(?!他|它|实|中|余|次)/.test(message)) return message.replace(/其(?!他|它|实|中|余|次)/, () => `${phrase}的`);
  const thing = CHINESE_THING.exec(message);
  // A bare 这 or 那 refers to the topic only if a verb follows.
  if (
    thing &&
    (thing[0].length > 1 ||
      /[它他她]/.test(thing[0]) ||
      /^[这那](?:是|为|能|会|有|么)/.test(message.slice(thing.index)))
  )
    return message.replace(thing[0], () => phrase);
  return `${phrase}${/^[a-z0-9]/i.test(message) ? ' ' : ''}${message.replace(/^那么?[,，]?/, '')}`;
}

/** The question before, asked of something else: of another time, another number, or another thing. */
function substituted(question: string, phrase: string, other: string, time: RegExp): string | null {
  if (time.test(other))
    return time.test(question) ? question.replace(time, () => other) : `${withoutEnd(question)} ${other}?`;
  if (phrase === question) return null;
  if (!CJK.test(phrase)) return question.includes(phrase) ? question.replace(phrase, () => other) : null;
  if (!TIME_WORD.test(phrase)) return question.replace(phrase, () => other);
  // 北京明天天气: the place is replaced, the rest stays.
  const words = [...SEGMENTER.segment(phrase)].map(({ segment }) => segment);
  const first = words.find((word) => !isStopWord(word) && !TIME_WORD.test(word));
  return first === undefined ? null : question.replace(first, () => other);
}

/** Adds the topic in brackets, for requests such as `go on`. */
export function withTopic(message: string, past: readonly PastMessage[], topic: string | null): string {
  const phrase = antecedentOf(past, topic)?.phrase ?? null;
  if (phrase === null || message.includes(phrase)) return message;
  return CJK.test(message) ? `${withoutEnd(message)}（${phrase}）` : `${withoutEnd(message)} (${phrase})`;
}

function withoutEnd(message: string): string {
  const trimmed = message.trimEnd();
  const bare = trimmedEnd(trimmed, /[?.!？。！]/);
  return bare === trimmed ? message : bare.trimEnd();
}
