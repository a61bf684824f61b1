import type { Unit } from './units.ts';

/** A number that a text states, or a part of a date. */
export interface Quantity {
  readonly kind: 'amount' | 'ordinal' | 'year' | 'month' | 'day' | 'weekday' | 'time';
  readonly value: number;
  /** Null where the text names none, or one that is not known. */
  readonly unit: Unit | null;
  /** What is counted: the word after a number without a unit, as words are compared; null where that cannot be told. */
  readonly counted: string | null;
  /** As the text has it. */
  readonly text: string;
  readonly at: number;
  /** A small count such as `two` without a unit, which a writer may add up without a source. */
  readonly minor: boolean;
}
