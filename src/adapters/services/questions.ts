/** The calls of services: what is asked of each, and what is read of its answer. A change that an older service cannot read is a new SERVICE_PROTOCOL. */
import type { ServiceHook, ServiceQuestions } from '#core/ports/services.ts';

interface Question<H extends ServiceHook> {
  readonly document: string;
  /** The variable `$asked`. */
  asked(question: ServiceQuestions[H]): object;
  /** What the answer holds beyond the fields that were asked for is left out. Anything may be there: core checks what remains. */
  read(answer: Fields): unknown;
  /** Bytes that an answer may have. */
  mostBytes(question: ServiceQuestions[H]): number;
}
type Fields = Readonly<Record<string, unknown>>;

const INTENT = ['type', 'confidence', 'topic', 'topicShift', 'standaloneQuery', 'signals'] as const;
const REPORT = [
  ...['overall', 'relevance', 'groundedness', 'completeness', 'coherence', 'safety'],
  ...['suggestions', 'judge'],
];
const SPAN = ['start', 'end', 'text'];
const SCORE = ['name', 'value', 'label', 'explanation', 'source', 'judge'];
const FOUND = ['id', 'score', 'vectorScore', 'keywordScore', 'duplicates'];
const HIGHLIGHT = ['start', 'end', 'score'];

/** Bytes of what does not grow with the question. */
const FRAME = 65_536;
/** Bytes of a code unit in JSON at most: \\u0000. */
const ESCAPED = 6;

const documentOf = (field: string, argument: string, input: string, answer: string): string =>
  `query Ask($asked: ${input}!) { asked: ${field}(${argument}: $asked) { answer { ${answer} } notes { outcome detail } usage { model inputTokens outputTokens } } }`;

export const QUESTIONS: { readonly [H in ServiceHook]: Question<H> } = {
  understand: {
    document: documentOf('understand', 'turn', 'UnderstandInput', INTENT.join(' ')),
    asked: ({ kind, content, history, summary, topic, previousIntent }) => ({
      ...{ kind, content, summary, topic },
      history: history.map(({ role, content: said }) => ({ role, content: said })),
      previousIntent: previousIntent && only(INTENT, { ...previousIntent }),
    }),
    read: (answer) => only(INTENT, answer),
    mostBytes: ({ content }) => FRAME + 4 * ESCAPED * content.length,
  },
  assess: {
    document: documentOf(
      'assess',
      'sample',
      'AssessInput',
      `${REPORT.join(' ')} unsupported { ${SPAN.join(' ')} } scores { ${SCORE.join(' ')} }`,
    ),
    asked: ({ query, response, context, expected, history, turn }) => ({
      ...{ query, response, context, expected },
      history: history.map(({ role, content }) => ({ role, content })),
      generationId: turn?.ids?.generationId ?? null,
      isRevision: turn ? turn.revision !== null : false,
    }),
    read: ({ unsupported, scores, ...report }) => ({
      ...only(REPORT, report),
      unsupported: each(SPAN, unsupported),
      ...(Array.isArray(scores) && scores.length > 0 ? { scores: each(SCORE, scores) } : {}),
    }),
    mostBytes: ({ response, query }) => FRAME + 4 * ESCAPED * (response.length + query.length),
  },
  retrieve: {
    document: documentOf(
      'retrieve',
      'query',
      'RetrieveInput',
      `passages { ${FOUND.join(' ')} highlights { ${HIGHLIGHT.join(' ')} } } strategy degraded`,
    ),
    asked: ({ query, limit, documentIds, strategy, vectorWeight, keywordWeight, rerank }) => ({
      ...{ query, limit, documentIds, strategy, vectorWeight, keywordWeight, rerank },
    }),
    read: ({ passages, strategy, degraded }) => ({
      ...{ strategy, degraded },
      passages: Array.isArray(passages)
        ? passages.map((passage) => {
            const { highlights } = (passage ?? {}) as Fields;
            return { ...only(FOUND, passage), highlights: each(HIGHLIGHT, highlights) };
          })
        : passages,
    }),
    mostBytes: ({ limit }) => FRAME + 16_384 * limit,
  },
};

/** These fields of an object; of anything else none, which no check lets pass. */
const only = (names: readonly string[], value: unknown): Fields =>
  Object.fromEntries(names.map((name) => [name, (value as Fields | null | undefined)?.[name]]));

const each = (names: readonly string[], values: unknown): unknown =>
  Array.isArray(values) ? values.map((value) => only(names, value)) : values;
