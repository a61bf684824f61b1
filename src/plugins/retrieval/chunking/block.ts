import type { Span } from '#core/turn.ts';

/** A part of a document as its author set it apart; white space around it belongs to none. */
export interface Block extends Span {
  /** `lines`: tables and fenced code, where each line is a unit. */
  readonly kind: 'heading' | 'text' | 'lines';
  /** The level of a heading: 1..6. Otherwise 0. */
  readonly level: number;
  /** The column names of a table, separated by bars, for the passages that begin within it. */
  readonly header?: string;
}
