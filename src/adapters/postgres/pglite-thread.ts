/** PostgreSQL in its own thread: a long statement does not block the event loop that serves streams. */
import { PGlite } from '@electric-sql/pglite';
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { type Exchange, exchangeOver } from './pglite-exchange.ts';

/** The calls of the embedded database's thread. */
export type PgliteCalls = {
  /** Rejects where the folder holds no database that can be opened. */
  readonly open: {
    readonly asked: { readonly folder: string; readonly startParams: string[] };
    readonly answer: undefined;
  };
  /** Messages of PostgreSQL's protocol, whole ones; what it answers to them. One call after the other, in the order they were asked. */
  readonly exchange: { readonly asked: Uint8Array; readonly answer: Uint8Array };
  readonly close: { readonly asked: null; readonly answer: undefined };
};

let instance: PGlite;
let exchange: Exchange;

const handlers: Handlers<PgliteCalls> = {
  async open({ folder, startParams }) {
    instance = await PGlite.create(folder, { startParams: [...PGlite.defaultStartParams, ...startParams] });
    exchange = exchangeOver(instance);
  },
  exchange: (messages) => exchange(messages),
  async close() {
    await instance.close();
  },
};

serve<PgliteCalls>(handlers);
