import { AsyncLocalStorage } from 'node:async_hooks';

/** Observes the HTTP response of one call below the SDK, which passes on only the fields that it knows. */
export interface CallWatch {
  /** Bytes came: a comment that keeps the connection alive is a sign of life too. */
  alive(): void;
  /** The last event has come: `[DONE]`, `message_stop` or another of that kind. */
  ended: boolean;
}

/** The watch of the call within which `fetch` was called. */
export const callWatch = new AsyncLocalStorage<CallWatch>();
