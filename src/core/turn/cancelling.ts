/** Cancels a generation that runs on another replica. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerationRecord, Store, TakenTurn, TakeOver } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';

/** Times that it is tried, because the owner's write may hold the row, and milliseconds between them. */
const TRIES = 5;
const BETWEEN = 30;
/** How often before that it is left to the owner to tell whether it calls a model: it does so within half a second. */
const UNTIL_TOLD = 25;
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
  for (let attempt = 0; attempt < UNTIL_TOLD + TRIES; attempt += 1) {
    const told = attempt < UNTIL_TOLD;
    const take = { ...taker, limit: 1, formerLife: false, keepText: true, within, only: id, told };
    const [taken] = await store.takeovers.take(take);
    if (taken) return taken;
    await sleep(BETWEEN, undefined, { ref: false });
  }
  return undefined;
}

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
