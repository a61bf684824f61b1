import type { Span } from '#core/turn.ts';

/** A part of a document as its author set it apart; white space around it belongs to none. */
export interface Block extends Span {
  /** `lines`: tables and fenced code, where each line stands for itself. */
  readonly kind: 'heading' | 'text' | 'lines';
  /** Of a heading: 1..6; 0 else. */
  readonly level: number;
  /** Of a table: its columns' names, parted by bars, for the passages that begin within it. */
  readonly header?: string;
}
