/** Short words for what tests of the store do again and again. */
import { randomUUIDv7 } from 'node:crypto';
import type { BeginTurn, BegunTurn, FinishTurn, MessageRecord, Store } from '#core/ports/store.ts';
import { CACHE_MISS, type GenerationError, NO_USAGE } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';

let latest = '';
/** Makes an id after the previous one, also within a millisecond, so that lists by id are in the order of creation. */
export function id(): string {
  let next = randomUUIDv7();
  while (next <= latest) next = randomUUIDv7();
  latest = next;
  return next;
}
export const INTERRUPTED: GenerationError = { code: 'INTERRUPTED', message: 'stopped', retryable: true };

/** A new viewer, in a new tenant unless one is given. */
export const someone = (store: Store, tenant = id(), role: Viewer['role'] = 'USER'): Promise<Viewer> =>
  store.viewers.ensure({ subject: `subject ${id()}`, tenant, role });

export const turnOf = (kind: BeginTurn['kind'], others: Partial<BeginTurn> = {}): BeginTurn => ({
  kind,
  userMessageId: id(),
  assistantMessageId: id(),
  generationId: id(),
  clientMutationId: null,
  features: [],
  owner: 'owner',
  leaseMs: 60_000,
  historyLimit: 20,
  historyBytes: 24_000,
  ...others,
});

export async function begun(store: Store, viewer: Viewer, turn: BeginTurn): Promise<BegunTurn> {
  const answer = await store.generations.begin(viewer, turn);
  if (!answer) throw new Error('the turn did not begin');
  return answer;
}

export const made = async (store: Store, viewer: Viewer, title: string, systemPrompt: string | null = null) =>
  (await store.conversations.create(viewer, { id: id(), title, systemPrompt })).conversation;

/** A conversation with its first question. */
export const open = (store: Store, viewer: Viewer, content: string, others?: Partial<BeginTurn>): Promise<BegunTurn> =>
  begun(
    store,
    viewer,
    turnOf(
      { type: 'send', conversationId: id(), content, create: { title: `About ${content}`, systemPrompt: null } },
      others,
    ),
  );

export const send = (
  store: Store,
  viewer: Viewer,
  conversationId: string,
  content: string,
  others?: Partial<BeginTurn>,
): Promise<BegunTurn> => begun(store, viewer, turnOf({ type: 'send', conversationId, content, create: null }, others));

export const edit = (store: Store, viewer: Viewer, messageId: string, content: string): Promise<BegunTurn> =>
  begun(store, viewer, turnOf({ type: 'edit', messageId, content }));

export const regenerate = (store: Store, viewer: Viewer, messageId: string): Promise<BegunTurn> =>
  begun(store, viewer, turnOf({ type: 'regenerate', messageId }));

export const ending = ({ generation }: BegunTurn, others: Partial<FinishTurn> = {}): FinishTurn => ({
  generationId: generation.id,
  epoch: generation.epoch,
  status: 'COMPLETE',
  content: 'an answer',
  reasoning: null,
  finishReason: 'STOP',
  citations: [],
  intent: null,
  topic: null,
  model: 'test:model',
  route: null,
  cache: CACHE_MISS,
  usage: NO_USAGE,
  stages: [],
  error: null,
  firstTokenMs: null,
  durationMs: 1,
  ...others,
});

export async function finish(store: Store, turn: BegunTurn, others?: Partial<FinishTurn>): Promise<MessageRecord> {
  const stored = await store.generations.finish(ending(turn, others));
  if (!stored) throw new Error('the turn did not finish');
  return stored;
}

/** Questions 1 to `count`, each answered. */
export async function talk(store: Store, viewer: Viewer, count: number): Promise<BegunTurn[]> {
  const turns: BegunTurn[] = [];
  for (let number = 1; number <= count; number += 1) {
    const [first] = turns;
    const turn = first
      ? await send(store, viewer, first.conversation.id, `q${number}`)
      : await open(store, viewer, `q${number}`);
    await finish(store, turn, { content: `a${number}` });
    turns.push(turn);
  }
  return turns;
}

/** The active branch, whole, as texts. */
export async function branchOf(store: Store, viewer: Viewer, conversationId: string): Promise<string[]> {
  const { edges } = await store.messages.list(viewer, conversationId, { first: 100 });
  return edges.map(({ node }) => node.content);
}
