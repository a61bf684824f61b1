/** Splits in its own thread: a large document takes a while and must not delay searches. */
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { type SplitDocument, type SplitInput, splitDocument } from './index.ts';

export type SplitCalls = { split: { readonly asked: SplitInput; readonly answer: SplitDocument } };

const handlers: Handlers<SplitCalls> = { split: splitDocument };
serve<SplitCalls>(handlers);
