/** Sends the results of a subscription over a WebSocket, each as a message `next` of graphql-transport-ws. */
import type { WebSocket } from 'ws';
import { isPolled, type PolledIterator } from '#core/runtime/polled.ts';
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
export const sentResults = (results: Results, socket: WebSocket, id: string): AsyncIterableIterator<never> =>
  new SentResults(results, socket, id);

/** A class, for there is one a subscription: an object of closures takes three times the memory. */
class SentResults implements AsyncIterableIterator<never, undefined> {
  readonly #results: Results;
  readonly #polled: PolledIterator<Result> | undefined;
  readonly #socket: WebSocket;
  readonly #before: string;
  #over = false;
  #end: ((result: IteratorResult<never, undefined>) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;

  constructor(results: Results, socket: WebSocket, id: string) {
    this.#results = results;
    this.#polled = isPolled(results) ? results : undefined;
    this.#socket = socket;
    this.#before = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  next(): Promise<IteratorResult<never, undefined>> {
    if (this.#over) return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
      this.#pull();
    });
  }

  async return(): Promise<IteratorResult<never, undefined>> {
    this.#over = true;
    await this.#results.return?.();
    this.#end?.(END);
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #pull = (): void => {
    if (this.#over) return;
    if (!this.#polled) {
      this.#results.next().then(
        (result) => this.#send(result),
        (error) => this.#fail?.(error),
      );
      return;
    }
    const result = this.#polled.poll(this.#pull);
    if (result) this.#send(result);
  };

  readonly #sent = (error?: Error | null): void => {
    if (error) return; // the client is gone: its closing ends the results
    if (this.#socket.bufferedAmount > HIGH_WATER)
      setTimeout(this.#sent, PATIENCE); // of the socket's other operations
    else this.#pull();
  };

  #send({ done, value }: IteratorResult<Result, undefined>): void {
    try {
      if (done || this.#over) this.#end?.(END);
      else if (this.#socket.readyState === this.#socket.OPEN)
        this.#socket.send(`${this.#before}${JSON.stringify(value)}}`, this.#sent);
      // Else its closing ends the results.
    } catch (error) {
      this.#fail?.(error);
    }
  }
}
