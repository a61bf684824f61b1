import type { BegunTurn, ConversationRecord, GenerationRecord, MessageRecord, Store } from '#core/ports/store.ts';
import { newId } from '#core/runtime/identifier.ts';
import { CACHE_MISS, NO_USAGE } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';

/** A store that answers from memory at once: what a request costs without its database. Anything not prepared throws. */
export function stubStore(conversations: readonly ConversationRecord[], viewer: Viewer): Store {
  const unprepared = new Proxy(
    {},
    { get: (_target, name) => () => Promise.reject(new Error(`not prepared: ${String(name)}`)) },
  );
  const prepared = <T extends object>(methods: Partial<T>) =>
    new Proxy(methods, { get: (target, name) => Reflect.get(target, name) ?? Reflect.get(unprepared, name) }) as T;
  const page = {
    edges: conversations.map((node) => ({ node, cursor: node.id })),
    hasNextPage: true,
    hasPreviousPage: false,
  };
  const key = {
    id: newId(),
    viewerId: viewer.id,
    name: 'bench',
    prefix: 'bench',
    role: viewer.role,
    createdAt: new Date(),
    lastUsedAt: null,
    revokedAt: null,
  };
  return {
    engine: 'stub',
    shared: false,
    viewers: prepared<Store['viewers']>({ ensure: async () => viewer }),
    apiKeys: prepared<Store['apiKeys']>({ find: async () => ({ key, viewer }), bootstrap: async () => true }),
    conversations: prepared<Store['conversations']>({ list: async () => page }),
    messages: prepared<Store['messages']>({}),
    generations: prepared<Store['generations']>({ interruptAbandoned: async () => 0, ...turns(viewer) }),
    summaries: prepared<Store['summaries']>({}),
    takeovers: prepared<Store['takeovers']>({}),
    documents: prepared<Store['documents']>({
      changesAfter: async () => [],
      latestChange: async () => 0,
      readersChangedAfter: async () => ({ position: 0, removed: 0, added: [] }),
      origin: async () => 'stub',
      unfinished: async () => [],
      renewClaims: async (_owner, _leaseMs, ids) => ids,
    }),
    embeddings: prepared<Store['embeddings']>({}),
    evaluations: prepared<Store['evaluations']>({}),
    evaluationSets: prepared<Store['evaluationSets']>({ unfinished: async () => [] }),
    features: prepared<Store['features']>({ list: async () => [] }),
    audit: prepared<Store['audit']>({}),
    jobs: async () => ({ running: 0, waiting: 0 }),
    pool: () => ({ size: 1, used: 0, idle: 1, waiting: 0 }),
    check: async () => undefined,
    close: async () => undefined,
  };
}

/** Turns that begin and end in memory. */
function turns(viewer: Viewer): Partial<Store['generations']> {
  const running = new Map<string, BegunTurn>();
  return {
    async begin(_viewer, { userMessageId, assistantMessageId, generationId, features, kind }) {
      const [conversation] = someConversations(1) as [ConversationRecord];
      const at = new Date();
      const generation: GenerationRecord = {
        ...{
          id: generationId,
          viewerId: viewer.id,
          conversationId: conversation.id,
          userMessageId,
          messageId: assistantMessageId,
        },
        ...{
          status: 'PENDING',
          epoch: 1,
          model: null,
          route: null,
          cache: CACHE_MISS,
          usage: NO_USAGE,
          stages: [],
          features,
          finishReason: null,
          error: null,
        },
        ...{ clientMutationId: null, startedAt: at, firstTokenMs: null, durationMs: null },
      };
      const bare = {
        conversationId: conversation.id,
        reasoning: null,
        intent: null,
        citations: [],
        feedback: null,
        evaluation: null,
        createdAt: at,
      };
      const content = kind.type === 'regenerate' ? '' : kind.content;
      const userMessage: MessageRecord = {
        ...bare,
        id: userMessageId,
        parentId: null,
        depth: 0,
        role: 'USER',
        content,
        status: 'COMPLETE',
        generation: null,
      };
      const assistantMessage: MessageRecord = {
        ...bare,
        id: assistantMessageId,
        parentId: userMessageId,
        depth: 1,
        role: 'ASSISTANT',
        content: '',
        status: 'PENDING',
        generation,
      };
      const begun = {
        created: true,
        conversation,
        userMessage,
        assistantMessage,
        generation,
        history: [],
        summary: null,
        previousIntent: null,
      };
      running.set(generationId, begun);
      return begun;
    },
    get: async (_viewer, id) => running.get(id)?.generation ?? null,
    flush: async () => [],
    async finish({ generationId, status, content }) {
      const begun = running.get(generationId);
      return begun ? { ...begun.assistantMessage, status, content } : null;
    },
  };
}

export const someConversations = (count: number): ConversationRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    id: newId(),
    viewerId: 'v',
    title: `Conversation number ${index} about bridges`,
    topic: index % 2 ? 'bridges' : null,
    systemPrompt: null,
    createdAt: new Date(1_790_000_000_000 + index * 1000),
    updatedAt: new Date(1_790_000_500_000 + index * 1000),
  }));
