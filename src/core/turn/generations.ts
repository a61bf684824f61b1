import { randomUUIDv7 } from 'node:crypto';
import { AppError, notFound } from '../errors.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LanguageModels } from '../ports/language-model.ts';
import type { PubSub } from '../ports/pub-sub.ts';
import type { BeginTurn, BegunTurn, GenerationRecord, Store } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { Features, Generations, SendMessage, StartedTurn } from '../services/index.ts';
import { checkMutationId, checkText, titleOf } from '../services/input.ts';
import { isTerminal, type Turn } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { Admission } from './admission.ts';
import type { Pipeline } from './pipeline.ts';
import type { RunningGenerations } from './running-generations.ts';
import type { Retrieving } from './started-retrieval.ts';
import { storedStream } from './stored-stream.ts';
import { TurnRun } from './turn-run.ts';

export interface GenerationsOptions {
  readonly store: Store;
  readonly log: EventLog;
  readonly pubSub: PubSub;
  readonly pipeline: Pipeline;
  readonly admission: Admission;
  readonly leases: RunningGenerations;
  readonly features: Features;
  readonly models: LanguageModels;
  readonly maxMessageCharacters: number;
  readonly historyMessages: number;
}

interface Wishes {
  readonly documentIds: readonly string[] | null;
  readonly model: string | null;
}
const NO_WISHES: Wishes = { documentIds: null, model: null };

/** Turns from the outside: who may, places, idempotency; what happens in them is the pipeline's. */
export function generations(options: GenerationsOptions): Generations {
  const { store, log, pubSub, pipeline, admission, leases, features, models } = options;

  async function start(
    viewer: Viewer,
    kind: BeginTurn['kind'],
    clientMutationId: string | null,
    wishes: Wishes,
  ): Promise<StartedTurn> {
    if (wishes.model !== null) models.get(wishes.model);
    const place = admission.enter();
    const enabled = features.enabledFor(viewer);
    const content = kind.type === 'regenerate' ? null : kind.content;
    const ahead =
      content === null || place.queued
        ? null
        : pipeline.ahead({ viewer, query: content, documentIds: grounding(wishes) }, enabled);
    const giveUp = () => {
      place.release();
      ahead?.abandon();
    };
    try {
      const begun = await store.generations.begin(viewer, {
        kind,
        userMessageId: randomUUIDv7(),
        assistantMessageId: randomUUIDv7(),
        generationId: randomUUIDv7(),
        clientMutationId: checkMutationId(clientMutationId),
        features: [...enabled],
        owner: leases.owner,
        leaseMs: leases.leaseMs,
        historyLimit: options.historyMessages,
      });
      if (!begun) throw notFound(kind.type === 'send' ? 'Conversation' : 'Message');
      if (begun.created) launch(viewer, begun, wishes, place, ahead);
      else giveUp();
      return begun;
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  /** In the background: the generation outlives the request that began it. */
  function launch(
    viewer: Viewer,
    begun: BegunTurn,
    wishes: Wishes,
    place: ReturnType<Admission['enter']>,
    ahead: Retrieving | null,
  ): void {
    const run = new TurnRun(log, begun);
    leases.add(run);
    announce(begun);
    run.ended = place.ready
      .then(() => pipeline.run(begun, turnOf(viewer, begun, wishes), run, ahead, place.release))
      .catch((error) => warn('generations', `generation ${run.generationId} ended unexpectedly`, error))
      .finally(() => {
        place.release();
        leases.remove(run);
        run.close();
      });
    run.signal.addEventListener('abort', place.release, { once: true });
    leases.watch(run.ended);
  }

  function announce({ userMessage, assistantMessage }: BegunTurn): void {
    for (const { id: messageId, conversationId } of [userMessage, assistantMessage])
      pubSub.publish({ type: 'message-added', conversationId, messageId, at: Date.now() });
  }

  const service: Generations = {
    async send(viewer, input) {
      const content = checkText('content', input.content, options.maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS');
      const create = input.conversationId === null ? { title: titleOf(content), systemPrompt: null } : null;
      const conversationId = input.conversationId ?? randomUUIDv7();
      await checkDocuments(store, viewer, input);
      return start(viewer, { type: 'send', conversationId, create, content }, input.clientMutationId, input);
    },

    async edit(viewer, { messageId, content, clientMutationId }) {
      const checked = checkText('content', content, options.maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS');
      return start(viewer, { type: 'edit', messageId, content: checked }, clientMutationId, NO_WISHES);
    },

    async regenerate(viewer, { messageId, model, clientMutationId }) {
      return start(viewer, { type: 'regenerate', messageId }, clientMutationId, { ...NO_WISHES, model });
    },

    async cancel(viewer, id) {
      const generation = await store.generations.get(viewer, id);
      if (!generation) throw notFound('Generation');
      if (isTerminal(generation.status)) return generation;
      if (!(await leases.cancel(id))) await cancelElsewhere(store, viewer, generation);
      return (await store.generations.get(viewer, id)) ?? generation;
    },

    get: (viewer, id) => store.generations.get(viewer, id),

    async events(viewer, id, cursor, signal) {
      const generation = await store.generations.get(viewer, id);
      if (!generation) throw notFound('Generation');
      return (await log.read(id, cursor, signal)) ?? storedStream(store, viewer, generation, cursor, signal);
    },

    async chat(viewer, input, signal) {
      const { generation } = await service.send(viewer, input);
      return (await log.read(generation.id, null, signal)) ?? storedStream(store, viewer, generation, null, signal);
    },
  };
  return service;
}

/** By the store: the replica that runs it is refused at its next flush, and stops. */
async function cancelElsewhere(store: Store, viewer: Viewer, generation: GenerationRecord): Promise<void> {
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

/** None named is the same as all. */
const grounding = ({ documentIds }: Wishes) => (documentIds?.length ? documentIds : null);

async function checkDocuments(store: Store, viewer: Viewer, { documentIds }: SendMessage): Promise<void> {
  if (documentIds === null || documentIds.length === 0) return;
  if (documentIds.length > 100) throw new AppError('BAD_USER_INPUT', 'documentIds names more than 100 documents');
  const found = await store.documents.getMany(viewer, documentIds);
  if (documentIds.some((id) => !found.has(id))) throw notFound('Document');
}

function turnOf(
  viewer: Viewer,
  { conversation, userMessage, assistantMessage, generation, history }: BegunTurn,
  wishes: Wishes,
): Turn {
  return {
    generationId: generation.id,
    conversationId: conversation.id,
    userMessageId: userMessage.id,
    assistantMessageId: assistantMessage.id,
    viewer,
    systemPrompt: conversation.systemPrompt,
    content: userMessage.content,
    history,
    features: new Set(generation.features),
    documentIds: grounding(wishes),
    requestedModel: wishes.model,
    intent: null,
    query: userMessage.content,
    passages: [],
    route: null,
  };
}
