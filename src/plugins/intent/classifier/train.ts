/** Logistic regression by AdaGrad (Duchi, Hazan and Singer, 2011), sparse, in a fixed order: the same examples give the same model. */
import type { Features } from './features.ts';
import { type Encoded, encode, type LinearModel, sigmoid, softmax } from './linear-model.ts';

export interface Example {
  readonly features: Features;
  /** Places of the labels that hold: exactly one for 'softmax'. */
  readonly labels: readonly number[];
  /** 1 by default. */
  readonly weight?: number;
}

export interface TrainingOptions {
  readonly loss?: LinearModel['loss'];
  readonly scaling?: LinearModel['scaling'];
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly l2?: number;
  /** Features of fewer examples are left out. */
  readonly leastExamples?: number;
  /** Power of the inverse document frequency: 0 counts all features alike, 1 as tf-idf does. */
  readonly idfPower?: number;
  /** A model of the same labels whose weights are the beginning; its features count with those of the examples. */
  readonly from?: LinearModel;
}

/** A gradient of a label smaller than this is left out: most of many labels are settled early. */
const NEGLIGIBLE = 2e-3;
const BIAS_RATE = 0.02;
const EPSILON = 1e-4;

/** Trains a model. Memory: 8 bytes × features × labels while it trains, 1 byte after. */
export function train(
  labels: readonly string[],
  examples: readonly Example[],
  options: TrainingOptions = {},
): LinearModel {
  const training = new Training(labels, examples, options);
  for (let epoch = 0; epoch < (options.epochs ?? 8); epoch += 1) training.epoch(training.places);
  return training.model();
}

/** A training under way, one epoch a call, for callers that do something between epochs. */
export class Training {
  readonly #labels: readonly string[];
  readonly #examples: readonly Example[];
  readonly #options: TrainingOptions;
  readonly #space: Pick<LinearModel, 'rows' | 'idf' | 'scaling'>;
  readonly #encoded: readonly Encoded[];
  readonly #weights: Float32Array;
  readonly #squares: Float32Array;
  readonly #bias: Float32Array;
  readonly #random = generator();

  constructor(labels: readonly string[], examples: readonly Example[], options: TrainingOptions) {
    this.#labels = labels;
    this.#examples = examples;
    this.#options = options;
    this.#space = spaceOf(examples, options);
    this.#encoded = examples.map(({ features }) => encode(this.#space, features));
    this.#weights = new Float32Array(this.#space.rows.size * labels.length);
    this.#squares = new Float32Array(this.#weights.length);
    this.#bias = new Float32Array(labels.length);
    if (options.from) this.#continue(options.from);
  }

  get places(): number[] {
    return this.#examples.map((_, place) => place);
  }

  /** Learns from the examples at these places once, in a new order. */
  epoch(places: readonly number[]): void {
    const order = [...places];
    for (let at = order.length - 1; at > 0; at -= 1) {
      const other = Math.floor(this.#random() * (at + 1));
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
    for (const place of order) this.#learn(place);
  }

  probabilities(place: number): Float32Array {
    const scores = this.#scores(this.#encoded[place] as Encoded);
    return this.#options.loss === 'sigmoid' ? scores.map(sigmoid) : softmax(scores);
  }

  known(place: number): number {
    return this.#encoded[place]?.known ?? 0;
  }

  model(): LinearModel {
    const { loss = 'softmax' } = this.#options;
    const bias = Float32Array.from(this.#bias);
    return { labels: this.#labels, loss, ...this.#space, ...quantised(this.#weights, this.#labels.length), bias };
  }

  #continue(from: LinearModel): void {
    const labels = this.#labels.length;
    for (const [id, row] of from.rows) {
      const [start, scale] = [(this.#space.rows.get(id) ?? 0) * labels, (from.scales[row] ?? 0) / 127];
      for (let label = 0; label < labels; label += 1)
        this.#weights[start + label] = scale * (from.weights[row * labels + label] ?? 0);
    }
    this.#bias.set(from.bias);
  }

  #scores({ rows, values }: Encoded): Float32Array {
    const labels = this.#labels.length;
    const scores = Float32Array.from(this.#bias);
    const weights = this.#weights;
    for (let at = 0; at < rows.length; at += 1) {
      const start = (rows[at] ?? 0) * labels;
      const value = values[at] ?? 0;
      for (let label = 0; label < labels; label += 1)
        scores[label] = (scores[label] ?? 0) + value * (weights[start + label] ?? 0);
    }
    return scores;
  }

  #learn(place: number): void {
    const { labels: targets, weight = 1 } = this.#examples[place] as Example;
    const { learningRate = 0.5, l2 = 0 } = this.#options;
    const { rows, values } = this.#encoded[place] as Encoded;
    const gradients = this.probabilities(place);
    for (const target of targets) gradients[target] = (gradients[target] ?? 0) - 1;
    const active = [...gradients.keys()].filter((label) => Math.abs(gradients[label] ?? 0) > NEGLIGIBLE);
    const [weights, squares, labels] = [this.#weights, this.#squares, this.#labels.length];
    for (let at = 0; at < rows.length; at += 1) {
      const start = (rows[at] ?? 0) * labels;
      const value = (values[at] ?? 0) * weight;
      for (const label of active) {
        const cell = start + label;
        const old = weights[cell] ?? 0;
        const gradient = (gradients[label] ?? 0) * value + l2 * old;
        const square = (squares[cell] ?? 0) + gradient * gradient;
        squares[cell] = square;
        weights[cell] = old - (learningRate * gradient) / Math.sqrt(square + EPSILON);
      }
    }
    for (const label of active)
      this.#bias[label] = (this.#bias[label] ?? 0) - BIAS_RATE * weight * (gradients[label] ?? 0);
  }
}

/** The features that enough examples have, with their inverse document frequencies. */
function spaceOf(
  examples: readonly Example[],
  { leastExamples = 2, idfPower = 0.75, scaling = 'unit', from }: TrainingOptions,
): Pick<LinearModel, 'rows' | 'idf' | 'scaling'> {
  const counts = new Map<number, number>();
  const figures = new Set<number>();
  for (const { features } of examples)
    for (const [at, id] of features.ids.entries()) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (at >= features.lexical) figures.add(id);
    }
  const rows = new Map<number, number>();
  const idf: number[] = [];
  for (const [id, row] of from?.rows ?? []) {
    rows.set(id, rows.size);
    idf.push(from?.idf[row] ?? 1);
  }
  for (const [id, count] of counts) {
    if (count < leastExamples || rows.has(id)) continue;
    rows.set(id, rows.size);
    idf.push(figures.has(id) ? 1 : Math.log(1 + examples.length / count) ** idfPower);
  }
  return { rows, idf: Float32Array.from(idf), scaling };
}

function quantised(weights: Float32Array, labels: number): Pick<LinearModel, 'weights' | 'scales'> {
  const scales = new Float32Array(weights.length / Math.max(1, labels));
  const bytes = new Int8Array(weights.length);
  for (let row = 0; row < scales.length; row += 1) {
    let largest = 0;
    for (let at = row * labels; at < (row + 1) * labels; at += 1)
      largest = Math.max(largest, Math.abs(weights[at] ?? 0));
    scales[row] = largest;
    if (largest === 0) continue;
    for (let at = row * labels; at < (row + 1) * labels; at += 1)
      bytes[at] = Math.round(((weights[at] ?? 0) / largest) * 127);
  }
  return { weights: bytes, scales };
}

/** Mulberry32, seeded with 1: random numbers 0..1 in the same order in every run. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
