/** Answers a subscription over HTTP: one code path for every Accept header and every method. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#core/errors.ts';
import { within } from '#core/runtime/deadline.ts';
import type { StreamPosition } from '#schema/index.ts';
import type { Engine, Operation } from './engine.ts';
import { maskError } from './errors.ts';
import { streamEvents } from './event-stream.ts';
import type { LiveConnections } from './live-connections.ts';

export interface Stream {
  readonly engine: Pick<Engine, 'subscribe'>;
  readonly live: LiveConnections;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly gone: AbortController;
}

/** Milliseconds that a stream which is resumed gets to say that nothing is left of it. */
const PATIENCE = 300;
/** Characters of a Last-Event-ID that can be one of ours. */
const LONGEST_ID = 200;

export const acceptsEvents = ({ headers: { accept = '*/*' } }: IncomingMessage): boolean =>
  /text\/event-stream|text\/\*|\*\/\*/.test(accept);

/** Streams the events until the end, or until the credential no longer holds. */
export async function answerStream({ engine, live, request, response, gone }: Stream, operation: Operation) {
  const { requestId } = operation.context;
  const position = positionOf(request);
  let last: { readonly errors: readonly unknown[] } | undefined;
  const leave = live.watch(request.headers.authorization, () => {
    last = { errors: [maskError(new AppError('UNAUTHENTICATED', 'The credential is no longer valid'), requestId)] };
    gone.abort();
  });
  try {
    const context = { ...operation.context, position };
    const answer = await engine.subscribe({ ...operation, context });
    let results: AsyncIterator<unknown> =
      Symbol.asyncIterator in answer ? answer : ([answer].values() as unknown as AsyncIterator<unknown>);
    if (position.lastEventId !== null && request.method === 'GET') {
      const first = Promise.resolve(results.next());
      const settled = await within(PATIENCE, first);
      if (settled?.done) {
        response.writeHead(204).end(); // tells an EventSource not to come again
        return;
      }
      results = startingWith(first, results);
    }
    await streamEvents(response, results, { idOf: () => position.eventId, lastWords: () => last });
  } finally {
    leave();
  }
}

function positionOf({ headers }: IncomingMessage): StreamPosition {
  const given = headers['last-event-id'];
  const id = typeof given === 'string' && given !== '' ? given.slice(0, LONGEST_ID) : null;
  return { lastEventId: id, eventId: null };
}

function startingWith(first: Promise<IteratorResult<unknown>>, rest: AsyncIterator<unknown>): AsyncIterator<unknown> {
  let begun = false;
  return {
    next() {
      if (begun) return rest.next();
      begun = true;
      return first;
    },
    return: async () => (await rest.return?.()) ?? { done: true, value: undefined },
  };
}
