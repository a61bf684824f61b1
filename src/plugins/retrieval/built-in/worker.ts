/** The index in a thread of its own, so that no search and no building holds the loop that serves streams. */
import { parentPort } from 'node:worker_threads';
import type { FoundPassage } from '#core/plugin.ts';
import type { PassageChange, PassageDraft } from '#core/ports/store.ts';
import { split } from '../splitting/general.ts';
import { type KeywordQuery, PassageIndex } from './passage-index.ts';

/** What the thread is asked, and what it answers to each. */
export interface IndexCalls {
  apply: {
    asked: { readonly changes: readonly PassageChange[] };
    answer: { readonly sequence: number; readonly size: number };
  };
  search: { asked: KeywordQuery; answer: readonly FoundPassage[] };
  split: { asked: { readonly text: string }; answer: readonly PassageDraft[] };
}
export type IndexCall = keyof IndexCalls;
export interface IndexRequest {
  readonly id: number;
  readonly call: IndexCall;
  readonly asked: unknown;
}
export type IndexReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };

const index = new PassageIndex();

const calls: { readonly [Call in IndexCall]: (asked: IndexCalls[Call]['asked']) => IndexCalls[Call]['answer'] } = {
  apply({ changes }) {
    index.apply(changes);
    return { sequence: index.sequence, size: index.size };
  },
  search: (query) => index.search(query),
  split: ({ text }) => split(text),
};

parentPort?.on('message', ({ id, call, asked }: IndexRequest) => {
  const reply = (message: IndexReply) => parentPort?.postMessage(message);
  try {
    reply({ id, answer: (calls[call] as (asked: unknown) => unknown)(asked) });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
