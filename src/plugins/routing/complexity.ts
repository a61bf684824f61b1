import { readFileSync } from 'node:fs';
import type { ChatMessage } from '#core/turn.ts';
import { bucketsOf, type Cues, cuesOf, hasOptions, logLength } from './features.ts';

/** The weights from `npm run train:routing`; see the card beside the file. */
export interface RoutingWeights {
  /** One int8 for each bucket of features.ts, times `scale`. */
  readonly words: string;
  readonly scale: number;
  readonly bias: number;
  /** One int8 for each dimension of the sentence vector. The product times `vectorScale`, minus `vectorOffset`, has mean 0 and deviation 1. */
  readonly vector: string;
  readonly vectorScale: number;
  readonly vectorOffset: number;
  /** The weight of the logarithm of the length beside it; mean and deviation of the sum. */
  readonly lengthWeight: number;
  readonly scoreMean: number;
  readonly scoreDeviation: number;
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

/** The standard deviations of the vector's part that move the cues by three quarters of their maximum shift. */
const SHIFT_WITHIN = 1.5;
/** The slope of a logistic function that is near the normal distribution: Bowling et al. 2009. */
const NORMAL = 1.702;
/** From here on the value nears 0 and 1 without reaching them, so that no two questions tie. */
const SOFT = 0.1;

export class ComplexityModel {
  readonly #weights: RoutingWeights;
  readonly #words: Int8Array;
  readonly #vector: Int8Array;

  constructor(weights: RoutingWeights = JSON.parse(readFileSync(FILE, 'utf8'))) {
    this.#weights = weights;
    this.#words = new Int8Array(Buffer.from(weights.words, 'base64'));
    this.#vector = new Int8Array(Buffer.from(weights.vector, 'base64'));
  }

  /** The dimensions of the sentence vectors that it reads. */
  get dimensions(): number {
    return this.#vector.length;
  }

  /**
   * The highest complexity of the question and of the last three before it, which count less the further back they are. `rated`
   * gives the complexity of an earlier question if it is known with its vector.
   */
  of(
    question: string,
    history: readonly ChatMessage[],
    vector: Float32Array | null = null,
    rated: (question: string) => Complexity | undefined = () => undefined,
  ): Complexity {
    let best = this.ofQuestion(question, vector);
    const earlier = history.filter(({ role }) => role === 'USER').slice(-EARLIER.length);
    for (const [distance, { content }] of earlier.toReversed().entries()) {
      const one = rated(content) ?? this.ofQuestion(content);
      const value = one.value * (EARLIER[distance] as number);
      if (value > best.value) best = { value, because: ['the question that it follows', ...one.because] };
    }
    return best;
  }

  /** By cues and by the sentence vector; without a vector, by cues and words. */
  ofQuestion(question: string, vector: Float32Array | null = null): Complexity {
    if (vector && hasOptions(question)) return this.#ofExam(question, vector);
    const cues = cuesOf(question);
    const parts = Object.entries(CUE_WEIGHTS).map(([cue, weight]) => ({
      cue: cue as keyof Cues,
      part: weight * cues[cue as keyof Cues],
    }));
    const sum = parts.reduce((total, { part }) => total + part, 0);
    const learned = vector
      ? Math.tanh(this.#vectorPart(vector) / SHIFT_WITHIN)
      : (this.probability(question) - 0.5) * 2;
    const because = parts
      .filter(({ part }) => part > 0.08)
      .sort((a, b) => b.part - a.part)
      .slice(0, 3)
      .map(({ cue }) => WORDS[cue]);
    return { value: softly(sum + LEARNED_WEIGHT * learned), because };
  }

  /** The share of the exam questions of the training that need a strong model less. Cues say little there: both models miss the hardest. */
  #ofExam(question: string, vector: Float32Array): Complexity {
    const { lengthWeight, scoreMean, scoreDeviation } = this.#weights;
    const score = (this.#vectorPart(vector) + lengthWeight * logLength(question) - scoreMean) / scoreDeviation;
    return { value: 1 / (1 + Math.exp(-NORMAL * score)), because: ['its subject and length'] };
  }

  #vectorPart(vector: Float32Array): number {
    let sum = 0;
    for (let index = 0; index < this.#vector.length; index += 1)
      sum += (this.#vector[index] as number) * (vector[index] as number);
    return sum * this.#weights.vectorScale - this.#weights.vectorOffset;
  }

  /** The probability that a strong model is right where a light one is wrong, by the words: 0..1, .5 if they are unknown. */
  probability(question: string): number {
    const buckets = bucketsOf(question);
    if (buckets.size === 0) return 0.5;
    let sum = 0;
    for (const bucket of buckets) sum += this.#words[bucket] as number;
    return 1 / (1 + Math.exp(-(this.#weights.bias + (sum * this.#weights.scale) / Math.sqrt(buckets.size))));
  }
}

/** From any number to 0..1, without ties: only the ends are bent. */
function softly(value: number): number {
  if (value > 1 - SOFT) return 1 - SOFT * Math.exp(-(value - 1 + SOFT) / SOFT);
  return value < SOFT ? SOFT * Math.exp((value - SOFT) / SOFT) : value;
}
