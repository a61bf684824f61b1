/** Where traces arrive: a receiver of OTLP over HTTP as JSON, or a real Jaeger. Both give the spans of one service. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ShownSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Null for the root of its trace. */
  readonly parentId: string | null;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
}

export interface Traces {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is set to. */
  readonly endpoint: string;
  spans(service: string): Promise<readonly ShownSpan[]>;
  /** All of it as text, to look for what must not be in it. */
  raw(service: string): Promise<string>;
}

export interface Receiver extends Traces {
  /** Names of the metrics that came. */
  metrics(): string[];
  close(): Promise<void>;
}

type Value = Readonly<Record<string, unknown>>;
interface Pair {
  readonly key: string;
  readonly value: Value;
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes?: readonly Pair[];
  readonly events?: readonly { readonly name: string }[];
}
const attributesOf = (pairs: readonly Pair[] = []) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));

export async function startReceiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await textOf(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const parsed = <T>(key: string): T[] => bodies.flatMap((body) => (JSON.parse(body)[key] ?? []) as T[]);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async spans() {
      const resources = parsed<{ scopeSpans: { spans: OtlpSpan[] }[] }>('resourceSpans');
      return resources
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
        .map(({ traceId, spanId, parentSpanId, name, attributes, events = [] }) => ({
          ...{ traceId, spanId, parentId: parentSpanId || null, name },
          ...{ attributes: attributesOf(attributes), events: events.map((event) => event.name) },
        }));
    },
    raw: async () => bodies.join('\n'),
    metrics: () =>
      parsed<{ scopeMetrics: { metrics: { name: string }[] }[] }>('resourceMetrics').flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
      ),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  readonly logs: readonly { readonly fields: readonly { readonly key: string; readonly value: unknown }[] }[];
}

/** A Jaeger that runs, asked by the API of its page. */
export function jaeger(endpoint: string, url: string): Traces {
  const raw = async (service: string) =>
    (await fetch(`${url}/api/traces?service=${service}&limit=200&lookback=1h`)).text();
  return {
    endpoint,
    raw,
    async spans(service) {
      const { data } = JSON.parse(await raw(service)) as { data: { spans: JaegerSpan[] }[] };
      return data
        .flatMap(({ spans }) => spans)
        .map(({ traceID, spanID, operationName, references, tags, logs }) => ({
          traceId: traceID,
          spanId: spanID,
          parentId: references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? null,
          name: operationName,
          attributes: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
          events: logs.flatMap(({ fields }) =>
            fields.flatMap(({ key, value }) => (key === 'event' ? [String(value)] : [])),
          ),
        }));
    },
  };
}
