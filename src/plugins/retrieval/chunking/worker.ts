/** Splitting in a thread of its own: a large document takes a while, and searches go on beside it. */
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { type SplitDocument, type SplitInput, splitDocument } from './index.ts';

export type SplitCalls = { split: { readonly asked: SplitInput; readonly answer: SplitDocument } };

const handlers: Handlers<SplitCalls> = { split: splitDocument };
serve<SplitCalls>(handlers);
