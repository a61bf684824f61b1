import type { Unit } from './units.ts';

/** A number that a text states, or a part of a date. */
export interface Quantity {
  readonly kind: 'amount' | 'ordinal' | 'year' | 'month' | 'day' | 'weekday' | 'time';
  readonly value: number;
  /** Null where the text names none, or one that is not known. */
  readonly unit: Unit | null;
  /** The word after a number without a unit, normalised: what it counts. Null if unknown. */
  readonly counted: string | null;
  /** The text of the quantity. */
  readonly text: string;
  readonly at: number;
  /** A small count such as `two` without a unit, which a writer may add up without a source. */
  readonly minor: boolean;
}
