/** The calls of services: what is asked of each, and where its answer stands. A change that an older service cannot read is a new SERVICE_PROTOCOL. */
import type { ServiceHook, ServiceQuestions } from '#core/ports/services.ts';

interface Question<H extends ServiceHook> {
  readonly document: string;
  /** The variable `$asked`. */
  asked(question: ServiceQuestions[H]): object;
}

/** Every answer is `asked { answer { … } notes usage }`. */
const documentOf = (field: string, input: string, answer: string): string =>
  `query Ask($asked: ${input}!) { asked: ${field}(${ARGUMENTS[field]}: $asked) { answer { ${answer} } notes { outcome detail } usage { model inputTokens outputTokens } } }`;
const ARGUMENTS: Readonly<Record<string, string>> = { understand: 'turn', assess: 'sample', retrieve: 'query' };

export const QUESTIONS: { readonly [H in ServiceHook]: Question<H> } = {
  understand: {
    document: documentOf('understand', 'UnderstandInput', 'type confidence topic topicShift standaloneQuery signals'),
    asked: ({ kind, content, history, summary, topic, previousIntent }) => ({
      ...{ kind, content, summary, topic },
      history: history.map(({ role, content: said }) => ({ role, content: said })),
      previousIntent: previousIntent && {
        ...{ type: previousIntent.type, confidence: previousIntent.confidence, topic: previousIntent.topic },
        ...{ topicShift: previousIntent.topicShift, standaloneQuery: previousIntent.standaloneQuery },
        signals: previousIntent.signals,
      },
    }),
  },
  assess: {
    document: documentOf(
      'assess',
      'AssessInput',
      'overall relevance groundedness completeness coherence safety suggestions unsupported { start end text } judge scores { name value label explanation source judge }',
    ),
    asked: ({ query, response, context, expected, history, turn }) => ({
      ...{ query, response, context, expected },
      history: history.map(({ role, content }) => ({ role, content })),
      generationId: turn?.ids?.generationId ?? null,
      isRevision: turn ? turn.revision !== null : false,
    }),
  },
  retrieve: {
    document: documentOf(
      'retrieve',
      'RetrieveInput',
      'passages { id score vectorScore keywordScore highlights { start end score } duplicates } strategy degraded',
    ),
    asked: ({ query, limit, documentIds, strategy, vectorWeight, keywordWeight, rerank }) => ({
      ...{ query, limit, documentIds, strategy, vectorWeight, keywordWeight, rerank },
    }),
  },
};
