/** Sends the results of a subscription over a WebSocket, each as a message `next` of graphql-transport-ws. */
import type { WebSocket } from 'ws';
import { isPolled } from '#core/runtime/polled.ts';
import type { Result } from './results.ts';

type Results = AsyncIterableIterator<Result>;
/** Bytes that may wait in a socket before its subscriptions pause, and milliseconds until they look again. */
export const HIGH_WATER = 262_144;
const PATIENCE = 20;
const END: IteratorResult<never> = { done: true, value: undefined };

/**
 * Sends each result of an operation as it comes, and pulls the next one when it has left the process: what comes for a slow client waits in
 * the log, not here. graphql-ws, which would take some fifteen promises a result, sees an iterator without results that ends when the
 * last one is sent; it answers all else of the protocol. Nothing is sent after `return`.
 */
export function sentResults(results: Results, socket: WebSocket, id: string): AsyncIterableIterator<never> {
  const before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  let over = false;
  let end: (result: IteratorResult<never>) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;

  const polled = isPolled(results) ? results : undefined;
  function pull(): void {
    if (over) return;
    if (!polled) return void results.next().then(send, fail);
    const result = polled.poll(pull);
    if (result) send(result);
  }
  const sent = (error?: Error | null): void => {
    if (error) return; // the client is gone: its closing ends the results
    if (socket.bufferedAmount > HIGH_WATER)
      setTimeout(sent, PATIENCE); // of the socket's other operations
    else pull();
  };
  function send({ done, value }: IteratorResult<Result, undefined>): void {
    try {
      if (done || over) end(END);
      else if (socket.readyState === socket.OPEN) socket.send(`${before}${JSON.stringify(value)}}`, sent);
      // Else its closing ends the results.
    } catch (error) {
      fail(error);
    }
  }

  return {
    next() {
      if (over) return Promise.resolve(END);
      return new Promise((resolve, reject) => {
        end = resolve;
        fail = reject;
        pull();
      });
    },
    async return() {
      over = true;
      await results.return?.();
      end(END);
      return END;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
