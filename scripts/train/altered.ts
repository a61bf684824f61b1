import { sentences } from '../../src/core/text/sentences.ts';
import { quantitiesIn } from '../../src/plugins/quality/facts/quantities.ts';
import { jsonLines } from './lines.ts';

/** A sentence of a passage as it stands, or altered so that the passage contradicts it. */
export interface Altered {
  readonly passage: string;
  readonly sentence: string;
  readonly kind: 'same' | 'number' | 'negation' | 'other passage';
}

const NEGATIONS: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were|can|could|has|have|had|will|would)\b(?! not)/u, '$1 not'],
  [/(是|能|会|可以|支持|属于|存在)/u, '不$1'],
];

/** Sentences of the corpus of a retrieval set, each as it stands and altered; the same ones each time. */
export function alteredSentences(folder: string, set: string, most: number): Altered[] {
  const passages = jsonLines<{ readonly text: string }>(folder, `${set}/corpus.jsonl`).map(({ text }) => text);
  const found: Altered[] = [];
  for (const [place, passage] of passages.entries()) {
    if (found.length >= most) break;
    const said = sentences(passage).map(({ start, end }) => passage.slice(start, end));
    const sentence = said.filter((one) => one.length > 20)[place % 3];
    if (!sentence) continue;
    const there = passages[(place + 7) % passages.length] as string;
    found.push({ passage, sentence, kind: 'same' }, { passage: there, sentence, kind: 'other passage' });
    const number = quantitiesIn(sentence).find(({ text, value }) => value > 3 && /\d/.test(text));
    if (number) {
      const digits = /\d+/.exec(number.text)?.[0] ?? '';
      const changed = String(Number(digits) + 1 + (place % 9));
      if (!passage.includes(changed))
        found.push({ passage, sentence: sentence.replace(digits, changed), kind: 'number' });
    }
    for (const [pattern, replacement] of NEGATIONS)
      if (place % 2 === 0 && pattern.test(sentence) && !/\bnot\b|n't|[不没无未非]/u.test(sentence)) {
        found.push({ passage, sentence: sentence.replace(pattern, replacement), kind: 'negation' });
        break;
      }
  }
  return found;
}
