import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createSseParser } from './sse.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever it asked for
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly retryAfter?: number };
  }[];
  readonly headers: Headers;
}

/** An event of a stream, as GraphQL returns it. */
export interface StreamEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly text?: string;
  readonly offset?: number;
  readonly message?: { readonly id: string; readonly content: string };
  readonly error?: { readonly code: string; readonly message: string };
  readonly generationId: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever it asked for
  readonly [key: string]: any;
}

export const EVENT = `__typename cursor generationId at
  ... on GenerationStarted { conversationId userMessageId assistantMessageId attempt }
  ... on TextDelta { text offset } ... on TextSnapshot { text attempt }
  ... on PassagesRetrieved { passages { text } }
  ... on CitationAdded { citation { quote start end answerStart answerEnd support passage { id text start end document { id title } } } }
  ... on GenerationCompleted { message { id content status } } ... on GenerationCancelled { message { id content status } }
  ... on GenerationFailed { error { code message retryable } }
  ... on EvaluationAdded { evaluation { report { overall } } }`;

/** Follows a generation, from the start or after a cursor. */
export const FOLLOW = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;

export interface Client {
  request(query: string, variables?: object): Promise<Answer>;
  /** The raw results of a subscription over SSE. `onOpen` is called once it misses no event. */
  sse(query: string, variables?: object, signal?: AbortSignal, onOpen?: () => void): AsyncGenerator<Answer>;
  /** The raw results of a subscription over WebSocket. */
  ws(query: string, variables?: object, signal?: AbortSignal): AsyncGenerator<Answer>;
}

export function client(url: string, key?: string): Client {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return {
    async request(query, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as Answer;
      return { status: response.status, data, ...(errors ? { errors } : {}), headers: response.headers };
    },

    async *sse(query, variables = {}, signal, onOpen = () => undefined) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
        body: JSON.stringify({ query, variables }),
        ...(signal ? { signal } : {}),
      });
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
        yield { status: response.status, headers: response.headers, ...((await response.json()) as object) } as Answer;
        return;
      }
      onOpen();
      for await (const { event, data } of createSseParser(response.body as ReadableStream<Uint8Array>))
        if (event === 'next') yield { status: response.status, headers: response.headers, ...JSON.parse(data) };
    },

    async *ws(query, variables = {}, signal) {
      const socket = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazy: true,
        retryAttempts: 0,
        connectionParams: key === undefined ? {} : { authorization: `Bearer ${key}` },
      });
      const results = socket.iterate({ query, variables: variables as Record<string, unknown> });
      const cut = () => socket.terminate();
      signal?.addEventListener('abort', cut, { once: true });
      try {
        for await (const result of results)
          yield { status: 200, headers: new Headers(), ...result } as unknown as Answer;
      } finally {
        await socket.dispose();
      }
    },
  };
}

/** A client's text after an event. */
export function applied(held: string, event: StreamEvent): string {
  if (event.__typename === 'TextSnapshot') return event.text ?? '';
  if (event.__typename !== 'TextDelta') return held;
  if (event.offset !== held.length) throw new Error(`a delta for ${event.offset}, and ${held.length} is held`);
  return held + event.text;
}

/** Sends, and follows the answer to its end. */
export async function ask(
  asking: Client,
  input: object,
): Promise<{ readonly text: string; readonly events: readonly StreamEvent[]; readonly last: StreamEvent }> {
  const events: StreamEvent[] = [];
  let text = '';
  for await (const { data, errors } of asking.sse(
    `subscription($input: SendMessageInput!) { chat(input: $input) { ${EVENT} } }`,
    { input },
  )) {
    if (errors) throw new Error(JSON.stringify(errors));
    events.push(data.chat);
    text = applied(text, data.chat);
  }
  return { text, events, last: events.at(-1) as StreamEvent };
}
