import { readFileSync } from 'node:fs';
import type { ChatMessage } from '#core/turn.ts';
import { bucketsOf, type Cues, cuesOf } from './features.ts';

/** The weights from `npm run train:routing`; see the card beside the file. */
export interface RoutingWeights {
  /** One int8 for each bucket of features.ts, times `scale`. */
  readonly words: string;
  readonly scale: number;
  readonly bias: number;
}

const FILE = new URL('./routing.json', import.meta.url);

/** The weight of each cue, chosen so that a greeting is below .1 and a long task with conditions over .8. */
const CUE_WEIGHTS: Readonly<Record<keyof Cues, number>> = {
  length: 0.55,
  steps: 0.25,
  mathematics: 0.3,
  code: 0.3,
  reasoning: 0.35,
  constraints: 0.25,
};
/** The maximum shift by the learned part, either way. */
const LEARNED_WEIGHT = 0.25;
/** The factor of earlier questions in the conversation, by distance: a follow-up is as hard as the question before. */
const EARLIER = [0.85, 0.7, 0.55];

export interface Complexity {
  /** 0..1 */
  readonly value: number;
  /** The cues that count most, for people. */
  readonly because: readonly string[];
}

const WORDS: Readonly<Record<keyof Cues, string>> = {
  length: 'its length',
  steps: 'several steps',
  mathematics: 'numbers and formulas',
  code: 'code',
  reasoning: 'reasons asked for',
  constraints: 'conditions to meet',
};

export class ComplexityModel {
  readonly #words: Int8Array;
  readonly #scale: number;
  readonly #bias: number;

  constructor({ words, scale, bias }: RoutingWeights = JSON.parse(readFileSync(FILE, 'utf8'))) {
    this.#words = new Int8Array(Buffer.from(words, 'base64'));
    this.#scale = scale;
    this.#bias = bias;
  }

  /** The hardest of the question and of the last three before it, which count less the further back they are. */
  of(question: string, history: readonly ChatMessage[]): Complexity {
    let best = this.ofQuestion(question);
    const earlier = history.filter(({ role }) => role === 'USER').slice(-EARLIER.length);
    for (const [distance, { content }] of earlier.toReversed().entries()) {
      const one = this.ofQuestion(content);
      const value = one.value * (EARLIER[distance] as number);
      if (value > best.value) best = { value, because: ['the question that it follows', ...one.because] };
    }
    return best;
  }

  ofQuestion(question: string): Complexity {
    const cues = cuesOf(question);
    const parts = Object.entries(CUE_WEIGHTS).map(([cue, weight]) => ({
      cue: cue as keyof Cues,
      part: weight * cues[cue as keyof Cues],
    }));
    const sum = parts.reduce((total, { part }) => total + part, 0);
    const learned = this.probability(question);
    const value = Math.min(1, Math.max(0, sum + LEARNED_WEIGHT * (learned - 0.5) * 2));
    const because = parts
      .filter(({ part }) => part > 0.08)
      .sort((a, b) => b.part - a.part)
      .slice(0, 3)
      .map(({ cue }) => WORDS[cue]);
    return { value, because };
  }

  /** The probability that a strong model is right where a light one is wrong, by the words: 0..1, .5 if they are unknown. */
  probability(question: string): number {
    const buckets = bucketsOf(question);
    if (buckets.size === 0) return 0.5;
    let sum = 0;
    for (const bucket of buckets) sum += this.#words[bucket] as number;
    return 1 / (1 + Math.exp(-(this.#bias + (sum * this.#scale) / Math.sqrt(buckets.size))));
  }
}
