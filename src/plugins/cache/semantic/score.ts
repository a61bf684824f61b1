/** How likely a rewording says the same: a logistic model over its figures, and what it was calibrated on. */
import { readFileSync } from 'node:fs';
import { type Hits, worthOf } from './bound.ts';
import { FIGURES, type Rewording } from './reworded.ts';

export interface Calibration {
  /** Of the logistic model: of FIGURES, then of EVIDENCE. */
  readonly weights: readonly number[];
  readonly bias: number;
  /**
   * The upper bound for the share of wrong hits among those that score at least so much; scores fall. Where every third
   * question has a known one that says the same.
   */
  readonly steps: readonly { readonly score: number; readonly error: number }[];
  /** The same for messages that say the same word by word. */
  readonly sameError: number;
}

/** What vectors tell of a rewording. */
export interface Evidence {
  /** Cosine of the messages. */
  readonly similarity: number;
  /** 0..1: how far what stands in one place of both is apart, at the place where it is farthest, and on average. */
  readonly worstSlot: number;
  readonly slots: number;
  /**
   * 0..1: how far a word that the other message has nothing for is from the nearest such word of the other, where it is farthest: the
   * lesser value of both messages, and the greater one.
   */
  readonly unlike: number;
  readonly unlikeMost: number;
  /** By how much the messages get more similar without such a word, at most, and over all of them. A foreign word disturbs. */
  readonly foreign: number;
  readonly foreignAll: number;
}
export const EVIDENCE = [
  'similarity',
  'worstSlot',
  'slots',
  'unlike',
  'unlikeMost',
  'foreign',
  'foreignAll',
] as const satisfies readonly (keyof Evidence)[];

export const inputsOf = ({ figures }: Rewording, evidence: Evidence): number[] => [
  ...FIGURES.map((name) => figures[name]),
  ...EVIDENCE.map((name) => evidence[name]),
];

export function scoreOf({ weights, bias }: Calibration, inputs: readonly number[]): number {
  const sum = inputs.reduce((total, input, place) => total + input * (weights[place] ?? 0), bias);
  return 1 / (1 + Math.exp(-sum));
}

/** What is known of pairs that score about as this one does, or higher; 1 for those that say the same word by word. */
export function priorOf({ steps, sameError }: Calibration, score: number): Hits {
  if (score === 1) return worthOf(sameError);
  return worthOf(steps.find((step) => step.score <= score)?.error ?? 1);
}

const FILE = new URL('../learned/semantic.json', import.meta.url);
let loaded: Calibration | undefined;
export function calibration(): Calibration {
  loaded ??= JSON.parse(readFileSync(FILE, 'utf8')) as Calibration;
  return loaded;
}
