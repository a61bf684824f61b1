/** One connection of a reader to nginx, over WebSocket or SSE, until it ends or breaks. */
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createSseParser } from '../../support/sse.ts';
import type { ClientError, SeenEvent } from '../history/records.ts';

export type Way = 'ws' | 'sse';

export interface Asked {
  readonly url: string;
  readonly key: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** Called once the server has accepted the connection. */
  onOpen(): void;
}

/** An event, or the errors in its place. */
export type Received = { readonly event: SeenEvent } | { readonly errors: readonly ClientError[] };

interface Result {
  readonly data?: Readonly<Record<string, SeenEvent>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: unknown } }[];
}

export const errorsOf = ({ errors = [] }: Pick<Result, 'errors'>): ClientError[] =>
  errors.map(({ message, extensions }) => ({ code: String(extensions?.code ?? 'none'), message }));

const receivedOf = (result: Result): Received => {
  const event = Object.values(result.data ?? {})[0];
  return event && !result.errors ? { event } : { errors: errorsOf(result) };
};

/** A client that goes while its socket is still connecting emits an error that nobody else listens to. */
class LeavingSocket extends WebSocket {
  constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
    super(...parameters);
    this.on('error', () => undefined);
  }
}

export const connections: Readonly<Record<Way, (asked: Asked) => AsyncGenerator<Received>>> = {
  async *sse({ url, key, query, variables, signal, onOpen }) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'text/event-stream' },
        authorization: `Bearer ${key}`,
      },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      yield receivedOf((await response.json()) as Result);
      return;
    }
    onOpen();
    for await (const { event, data } of createSseParser(response.body as ReadableStream<Uint8Array>))
      if (event === 'next') yield receivedOf(JSON.parse(data));
  },

  async *ws({ url, key, query, variables, signal, onOpen }) {
    const socket = createClient({
      ...{ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: LeavingSocket, retryAttempts: 0 },
      connectionParams: { authorization: `Bearer ${key}` },
      on: { connected: onOpen },
    });
    const cut = () => socket.terminate();
    signal.addEventListener('abort', cut, { once: true });
    try {
      for await (const result of socket.iterate({ query, variables: { ...variables } }))
        yield receivedOf(result as Result);
    } catch (error) {
      // An operation's own error is a list; all else is the connection's.
      if (!Array.isArray(error)) throw error;
      yield { errors: errorsOf({ errors: error }) };
    } finally {
      signal.removeEventListener('abort', cut);
      await socket.dispose();
    }
  },
};
