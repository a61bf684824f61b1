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
    for (const kind of ['number', 'negation'] as const) {
      const changed =
        kind === 'number' ? withOtherNumber(sentence, passage, place) : place % 2 === 0 && negated(sentence);
      if (changed) found.push({ passage, sentence: changed, kind });
    }
  }
  return found;
}

/** The sentence with its first number changed to one that the passage does not have; undefined where it has no number. */
export function withOtherNumber(sentence: string, passage: string, place: number): string | undefined {
  const number = quantitiesIn(sentence).find(({ text, value }) => value > 3 && /\d/.test(text));
  const digits = /\d+/.exec(number?.text ?? '')?.[0];
  if (digits === undefined) return undefined;
  const changed = String(Number(digits) + 1 + (place % 9));
  return passage.includes(changed) ? undefined : sentence.replace(digits, changed);
}

function negated(sentence: string): string | undefined {
  if (/\bnot\b|n't|[不没无未非]/u.test(sentence)) return undefined;
  const [pattern, replacement] = NEGATIONS.find(([candidate]) => candidate.test(sentence)) ?? [];
  return pattern && sentence.replace(pattern, replacement ?? '');
}
