import type { Citation as CitationRecord } from '#core/turn.ts';
import { builder } from './builder.ts';
import { Passage } from './passage.ts';

export const Citation = builder.objectRef<CitationRecord>('Citation').implement({
  description: '[answerStart, answerEnd) of the answer is borne out by [start, end) of the passage’s document.',
  fields: (t) => ({
    passage: t.expose('passage', { type: Passage }),
    answerStart: t.exposeInt('answerStart'),
    answerEnd: t.exposeInt('answerEnd'),
    support: t.exposeFloat('support'),
    start: t.exposeInt('start', { description: 'Where in the document’s text the very words begin.' }),
    end: t.exposeInt('end'),
    quote: t.exposeString('quote', { description: 'What [start, end) cuts out of the document’s text.' }),
  }),
});
