/** Cancels a generation that runs on another replica. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerationRecord, Store, TakenTurn, TakeOver } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';
import type { LostCall } from './turn-run.ts';

/** Times that it is tried, because the owner's write may hold the row, and milliseconds between them. */
const TRIES = 5;
const BETWEEN = 30;
/** Milliseconds of thirty years: however old it is. */
const YEARS = 1e12;

/** Takes the generation from its owner, whose writes are refused from then on. Undefined where it cannot be taken. */
export async function takeToCancel(
  store: Store,
  taker: Pick<TakeOver, 'owner' | 'leaseMs' | 'historyLimit' | 'historyBytes'>,
  id: string,
): Promise<TakenTurn | undefined> {
  if (!store.shared) return undefined;
  const within = { attempts: 2 ** 31 - 1, age: YEARS };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const take = { ...taker, limit: 1, formerLife: false, keepText: true, within, only: id };
    const [taken] = await store.takeovers.take(take);
    if (taken) return taken;
    await sleep(BETWEEN, undefined, { ref: false });
  }
  return undefined;
}

/** The provider call that ends with the owner's run. */
export const lostCallOf = ({ model, text, resumedAt }: TakenTurn): LostCall | null =>
  model === null ? null : { model, text: text.slice(resumedAt) };

/** Ends it in the store: its owner accounts for its call of the model, if it lives. */
export async function cancelInStore(store: Store, viewer: Viewer, generation: GenerationRecord): Promise<void> {
  const message = await store.messages.get(viewer, generation.messageId);
  if (!message) return;
  const { epoch, model, route, cache, usage, stages, firstTokenMs } = generation;
  await store.generations.finish({
    ...{ epoch, model, route, cache, usage, stages, firstTokenMs },
    generationId: generation.id,
    status: 'CANCELLED',
    content: message.content,
    reasoning: message.reasoning,
    finishReason: null,
    citations: [],
    intent: null,
    topic: null,
    error: null,
    durationMs: Date.now() - generation.startedAt.getTime(),
  });
}
