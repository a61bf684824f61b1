import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/**
 * What may leave in a span. Instrumentations record more than an operator may keep: addresses with queries, statements with
 * values, messages of errors. An attribute that is not here is dropped, whichever library set it.
 */
const ALLOWED: readonly RegExp[] = [
  /^parley\./,
  /^graphql\.operation\.(type|name)$/,
  /^http\.(request\.method|response\.status_code|route|method|status_code)$/,
  /^(url\.scheme|server\.(address|port)|network\.protocol\.(name|version)|net\.peer\.(name|port)|error\.type|exception\.type)$/,
  /^db\.(system|system\.name|namespace|name|operation|operation\.name|collection\.name|operation\.batch\.size|response\.status_code)$/,
  /^gen_ai\.(operation\.name|provider\.name|conversation\.id|output\.type|request\.(model|stream)|response\.(model|id|finish_reasons|time_to_first_chunk)|usage\..+|retrieval\.top_k|evaluation\.(name|score\.value|score\.label))$/,
];
/** Texts, with OTEL_CAPTURE_CONTENT=true. */
const CONTENT = /^gen_ai\.(input\.messages|output\.messages|system_instructions|retrieval\.query\.text)$/;
/** Statements of Parley's own, whose values are parameters; those of search servers hold the question. */
const STATEMENT = /^db\.(statement|query\.text)$/;

/** Names of attributes that are looked up once. */
const MOST_VERDICTS = 1_000;

/** An exporter behind which only what is allowed is seen. */
export function privateExporter(exporter: SpanExporter, captureContent: boolean): SpanExporter {
  const verdicts = new Map<string, boolean>();
  function isAllowed(key: string): boolean {
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = ALLOWED.some((pattern) => pattern.test(key)) || (captureContent && CONTENT.test(key));
    if (verdicts.size < MOST_VERDICTS) verdicts.set(key, verdict);
    return verdict;
  }
  const kept = (attributes: Attributes): Attributes => {
    const system = attributes['db.system.name'] ?? attributes['db.system'];
    const ofPostgres = system === 'postgresql';
    return Object.fromEntries(
      Object.entries(attributes).filter(([key]) => isAllowed(key) || (ofPostgres && STATEMENT.test(key))),
    );
  };
  const shown = (span: ReadableSpan): ReadableSpan =>
    Object.create(span, {
      attributes: { value: kept(span.attributes) },
      // A message may quote what a person wrote; `error.type` says what failed.
      status: { value: { code: span.status.code } },
      events: {
        value: span.events.map((event) => ({ ...event, attributes: kept(event.attributes ?? {}) })),
      },
    });
  return {
    export: (spans, callback) => exporter.export(spans.map(shown), callback),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
