/** What is shown of documents that are asked about as a whole. */
import type { FoundPassage } from '#core/plugin.ts';
import { isStatement } from '#core/text/statements.ts';
import type { Highlight } from '#core/turn.ts';
import { analyse, type PassageText, type Reading, readingOf } from '../analysis/passage-analysis.ts';

/** Sentences of a passage that is shown for what it begins with. */
const FIRST_STATEMENTS = 3;

/** These passages in their order, each with its first statements; of the same text in several documents the first. */
export function shownBeginnings(passages: readonly PassageText[]): FoundPassage[] {
  const first = [...new Map(passages.toReversed().map((passage) => [passage.text, passage])).values()];
  const places = new Map(passages.map(({ id }, place) => [id, place]));
  return first
    .toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
    .map((passage, place) => {
      const score = 1 - place / (first.length + 1);
      const duplicates = passages.filter(({ text }) => text === passage.text).length - 1;
      const highlights = firstStatements(readingOf(passage.text, analyse(passage)), score);
      return { id: passage.id, score, keywordScore: null, vectorScore: null, highlights, duplicates };
    });
}

function firstStatements({ text, sentences }: Reading, score: number): Highlight[] {
  return sentences
    .filter(({ start, end }) => isStatement(text.slice(start, end)))
    .slice(0, FIRST_STATEMENTS)
    .map(({ start, end }) => ({ start, end, score }));
}
