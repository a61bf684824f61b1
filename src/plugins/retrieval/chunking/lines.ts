import type { Span } from '#core/turn.ts';

/** `text` is the line without white space at its end; `[start, end)` is without white space at both. */
export interface Line extends Span {
  readonly text: string;
}

/** Every line, blank ones too. */
export function* linesOf(text: string): Generator<Line> {
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    const line = text.slice(from, to).trimEnd();
    yield { text: line, start: from + line.length - line.trimStart().length, end: from + line.length };
    from = to + 1;
  }
}
