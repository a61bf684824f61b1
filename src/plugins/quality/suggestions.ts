import { isCjk } from '#core/text/words.ts';
import { coherenceFeatures, isCutOff } from './dimensions/coherence.ts';
import type { Question } from './dimensions/question.ts';
import { wordsOf } from './facts/words.ts';
import type { Claim } from './grounding/claims.ts';
import type { Conflict } from './grounding/conflicts.ts';

/** The findings that suggestions are made from. */
export interface Findings {
  readonly relevance: number;
  readonly completeness: number;
  readonly coherence: number;
  readonly safety: number;
  readonly question: Question;
  readonly response: string;
  readonly unsupported: readonly Claim[];
}

/** A score below gets a suggestion. */
const LOW = 0.5;
/** Threshold of completeness: a short answer may be all that was asked. */
const INCOMPLETE = 0.4;
const MOST = 8;
/** UTF-16 code units of a sentence that are repeated. */
const QUOTED = 120;
const quote = (text: string): string => (text.length > QUOTED ? `${text.slice(0, QUOTED).trimEnd()}…` : text);

interface Phrases {
  instead(said: string, source: string): string;
  absent(said: string): string;
  denies(said: string, source: string): string;
  unsupported(sentence: string): string;
  offTopic(words: string): string;
  incomplete: string;
  cutOff: string;
  repeats: string;
  incoherent: string;
  unsafe: string;
}

const ENGLISH: Phrases = {
  instead: (said, source) => `Says "${said}", the source says "${source}".`,
  absent: (said) => `"${said}" is in none of the sources: remove it, or give a source.`,
  denies: (said, source) => `Says "${said}", but the source says "${source}".`,
  unsupported: (sentence) => `No source bears this out: "${sentence}". Remove it, or give a source.`,
  offTopic: (words) => `Answer what was asked${words ? `: nothing is said of ${words}` : ''}.`,
  incomplete: 'Answer the whole question: a part of it is left open.',
  cutOff: 'The answer ends in the middle of a sentence: finish it.',
  repeats: 'The answer repeats itself: say each thing once.',
  incoherent: 'Write the answer in whole sentences.',
  unsafe: 'The answer may offend or harm: rephrase it.',
};
const CHINESE: Phrases = {
  instead: (said, source) => `回答说“${said}”，来源说“${source}”。`,
  absent: (said) => `来源中没有“${said}”：请删除，或给出来源。`,
  denies: (said, source) => `回答说“${said}”，但来源说“${source}”。`,
  unsupported: (sentence) => `没有来源支持这句话：“${sentence}”。请删除，或给出来源。`,
  offTopic: (words) => `请回答所问的问题${words ? `：没有提到${words}` : ''}。`,
  incomplete: '请回答整个问题：有一部分没有回答。',
  cutOff: '回答在句子中间结束：请写完。',
  repeats: '回答有重复：每件事只说一次。',
  incoherent: '请用完整的句子回答。',
  unsafe: '回答可能冒犯或伤害他人：请换一种说法。',
};

/** Suggestions for changes, the most certain first, in the language of the response. */
export function suggestionsFor(findings: Findings): string[] {
  const { relevance, completeness, coherence, safety, question, response, unsupported } = findings;
  const say = isCjk(response) ? CHINESE : ENGLISH;
  const all = unsupported.flatMap(({ text, conflicts }) =>
    conflicts.length > 0 ? conflicts.map((conflict) => correction(conflict, say)) : [say.unsupported(quote(text))],
  );
  if (safety < LOW) all.unshift(say.unsafe);
  if (relevance < LOW) all.push(say.offTopic(missing(question, response)));
  else if (completeness < INCOMPLETE && !isCutOff(response)) all.push(say.incomplete);
  if (isCutOff(response)) all.push(say.cutOff);
  else if (coherence < LOW) {
    const [sentences = 0, runs = 0] = coherenceFeatures(response);
    all.push(sentences > 0 || runs > 0 ? say.repeats : say.incoherent);
  }
  return [...new Set(all)].slice(0, MOST);
}

function correction({ kind, said, source }: Conflict, say: Phrases): string {
  if (source === null) return say.absent(quote(said));
  return kind === 'negation' ? say.denies(quote(said), quote(source)) : say.instead(quote(said), quote(source));
}

/** Words of the question that the response has not, as the question has them. */
function missing({ matter, words: telling }: Question, response: string): string {
  const there = new Set(wordsOf(response));
  const words = isCjk(matter) ? matter.split(/[\s\p{P}]+/u) : (matter.match(/[\p{L}\p{N}][\p{L}\p{N}'-]{3,}/gu) ?? []);
  const absent = words.filter((word) => {
    const own = wordsOf(word);
    return word.length > 1 && own.some((one) => telling.has(one)) && !own.some((one) => there.has(one));
  });
  return [...new Set(absent)]
    .slice(0, 3)
    .map((word) => (isCjk(response) ? `“${word}”` : `"${word}"`))
    .join(isCjk(response) ? '、' : ', ');
}

/** True if a suggestion quotes this sentence or a part of it. */
export function isAbout(suggestion: string, sentence: { readonly text: string }): boolean {
  const quoted = /["“]([^"”]{1,200})["”]/u.exec(suggestion)?.[1];
  return quoted !== undefined && sentence.text.includes(quoted.replace(/…$/u, ''));
}
