import { AppError, notFound } from '../errors.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LanguageModels } from '../ports/language-model.ts';
import type { PubSub } from '../ports/pub-sub.ts';
import type {
  AskedRecord,
  BeginTurn,
  BegunTurn,
  GenerationRecord,
  RevisedAnswer,
  Store,
  TakenTurn,
  UnjudgedTurn,
} from '../ports/store.ts';
import { fault, warn } from '../runtime/diagnostics.ts';
import { newId } from '../runtime/identifier.ts';
import { inWork } from '../runtime/work.ts';
import { fingerprintOf } from '../services/fingerprint.ts';
import type { Features, Generations, SendMessage, StartedTurn } from '../services/index.ts';
import { checkMutationId, checkText } from '../services/input.ts';
import { isTerminal, type Revision } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { Admission } from './admission.ts';
import { type AskedTurn, grounding, NO_WISHES, recordOf, sendingTo, turnOf } from './asked-turn.ts';
import { cancelInStore, takeToCancel } from './cancelling.ts';
import type { ReadEvents } from './generation-events.ts';
import { BYTES_PER_TOKEN } from './history.ts';
import { presumedCall } from './open-calls.ts';
import type { OpenTurn, Pipeline } from './pipeline.ts';
import type { RunningGenerations } from './running-generations.ts';
import type { Summaries } from './summaries.ts';
import { type ResumedRun, type RunLog, TurnRun } from './turn-run.ts';

export interface GenerationsOptions {
  readonly store: Store;
  readonly log: EventLog;
  readonly pubSub: PubSub;
  readonly pipeline: Pipeline;
  readonly admission: Admission;
  readonly leases: RunningGenerations;
  readonly features: Features;
  readonly models: LanguageModels;
  readonly readEvents: ReadEvents;
  /** Makes the branch that holds this message the active one. */
  readonly select: (viewer: Viewer, messageId: string) => Promise<unknown>;
  readonly maxMessageCharacters: number;
  readonly historyMessages: number;
  readonly historyTokens: number;
  readonly summaries: Pick<Summaries, 'after'>;
}

/**
 * Turns from the outside: who may, places, idempotency; what happens in them is the pipeline's. `resume` goes on with one that
 * another replica began, and `judge` judges an answer that another left.
 */
export function generations(
  options: GenerationsOptions,
): Generations & { resume(taken: TakenTurn, since: number): Promise<void>; judge(turn: UnjudgedTurn): Promise<void> } {
  const { store, log, pubSub, pipeline, admission, leases, features, models, readEvents } = options;

  async function start(viewer: Viewer, asked: AskedTurn): Promise<StartedTurn> {
    const { kind, wishes, clientMutationId } = asked;
    if (wishes.model !== null) models.get(wishes.model);
    const place = admission.enter(viewer.id);
    const record = recordOf(asked);
    const presumed = place.queued ? null : presumedCall(models, wishes.model, options.historyTokens);
    let since = 0;
    let run: TurnRun | undefined;
    try {
      const enabled = asked.features ?? features.enabledFor(viewer);
      const content = kind.type === 'regenerate' || place.queued ? null : kind.content;
      const question = content === null ? null : { viewer, content, documentIds: grounding(wishes), features: enabled };
      const open = await pipeline.open(viewer, question, () => {
        since = performance.now();
        return store.generations.begin(viewer, {
          kind,
          userMessageId: newId(),
          assistantMessageId: newId(),
          generationId: newId(),
          clientMutationId: checkMutationId(clientMutationId),
          fingerprint: clientMutationId === null ? null : fingerprintOf(asked.request),
          features: [...enabled],
          owner: leases.owner,
          leaseMs: leases.leaseMs,
          historyLimit: options.historyTokens > 0 ? options.historyMessages : 0,
          historyBytes: options.historyTokens * BYTES_PER_TOKEN,
          asked: record,
          presumedCall: presumed,
        });
      });
      if (!open) throw notFound(kind.type === 'send' ? 'Conversation' : 'Message');
      if (open.begun.created) {
        run = launch({ viewer, open, asked: record, since, place: place.ready, presumed: presumed !== null });
        announce(open.begun, kind);
      }
      return open.begun;
    } finally {
      void (run?.answered ?? Promise.resolve()).then(place.release);
    }
  }

  /** Runs in the background: the generation outlives the request that began it. */
  function launch({ viewer, open, asked, since, place, resumed = null, presumed = false }: Launch): TurnRun {
    const { begun } = open;
    const run = new TurnRun(log, begun, { resumed, presumed });
    run.revises = asked.revises && revised(viewer, asked.revises);
    run.again = (revision, overall) => again(viewer, begun, asked, revision, overall);
    leases.add(run, since);
    run.ended = carry(viewer, open, asked, place, run);
    void run.ended.then(() => options.summaries.after(viewer, begun, run));
    leases.watch(run.ended);
    return run;
  }

  /** Never rejects. */
  async function carry(viewer: Viewer, open: OpenTurn, asked: AskedRecord, place: Promise<void>, run: TurnRun) {
    const { generation, conversation } = open.begun;
    try {
      await place;
      await inWork({ kind: 'turn', generationId: generation.id, conversationId: conversation.id }, () =>
        pipeline.run(open, turnOf(viewer, open, asked, run.features), run),
      );
    } catch (error) {
      fault('generations', 'a generation ended unexpectedly', error, { generationId: run.generationId });
    } finally {
      run.answer();
      leases.remove(run);
      run.close();
    }
  }

  /** The better of the two answers becomes the active branch. */
  const revised = (viewer: Viewer, { messageId, overall }: RevisedAnswer): TurnRun['revises'] => ({
    async judged(again) {
      if (again <= overall) await options.select(viewer, messageId);
    },
  });

  /** Another answer to a message whose answer fell short. */
  async function again(viewer: Viewer, first: BegunTurn, asked: AskedRecord, revision: Revision, overall: number) {
    const { id: messageId } = first.assistantMessage;
    try {
      const { generation } = await start(viewer, {
        kind: { type: 'regenerate', messageId },
        request: [],
        clientMutationId: null,
        wishes: { documentIds: asked.documentIds, model: asked.model },
        features: new Set(first.generation.features),
        revision,
        revises: { messageId, overall },
      });
      return generation;
    } catch (error) {
      if (!(error instanceof AppError)) warn('revise', 'the answer could not be tried again', error);
      return null;
    }
  }

  function announce({ conversation, userMessage, assistantMessage }: BegunTurn, kind: BeginTurn['kind']): void {
    const of = { conversationId: conversation.id, viewerId: conversation.viewerId, at: Date.now() };
    if (kind.type === 'send' && kind.create) pubSub.publish({ type: 'conversation-created', ...of });
    const added = kind.type === 'regenerate' ? [assistantMessage] : [userMessage, assistantMessage];
    for (const { id: messageId } of added) pubSub.publish({ type: 'message-added', messageId, ...of });
  }

  async function resume(taken: TakenTurn, since: number): Promise<void> {
    const { viewer, asked, begun, text } = taken;
    const place = admission.resume(viewer.id);
    let run: TurnRun | undefined;
    try {
      const { documentIds } = asked;
      const { content } = begun.userMessage;
      const question = place.queued
        ? null
        : { viewer, content, documentIds, features: new Set(begun.generation.features) };
      const open = await pipeline.open(viewer, question, async () => begun);
      if (!open) return;
      // Providers refuse a beginning that ends in white space.
      const kept = canContinue(models) ? text.trimEnd() : '';
      run = launch({ viewer, open, asked, since, place: place.ready, resumed: { text: kept, usage: taken.usage } });
      noteLost(run, taken);
    } finally {
      void (run?.answered ?? Promise.resolve()).then(place.release);
    }
  }

  /** Its owner's next write is refused, and its call of the model ends with that. Who takes it counts the call: the owner may be dead. */
  async function cancelElsewhere(viewer: Viewer, generation: GenerationRecord): Promise<void> {
    const since = performance.now();
    const { owner, leaseMs } = leases;
    const history = { historyLimit: 0, historyBytes: 0 };
    const taken = await takeToCancel(store, { owner, leaseMs, ...history }, generation.id);
    if (!taken) return cancelInStore(store, viewer, generation);
    const { begun, asked, text } = taken;
    const open = { begun, version: '', retrieving: null };
    const resumed = { text, usage: taken.usage };
    const run = launch({ viewer, open, asked, since, place: Promise.resolve(), resumed });
    noteLost(run, taken);
    run.stop('CANCELLED');
    await run.ended;
  }

  /** Its readers have gone: there is no log to tell of the evaluation. */
  async function judge({ viewer, asked, begun }: UnjudgedTurn): Promise<void> {
    const { userMessage, assistantMessage, generation } = begun;
    const run = new TurnRun(NO_LOG, begun, { resumed: { text: assistantMessage.content, usage: generation.usage } });
    await pipeline.judge(
      turnOf(viewer, { begun, version: '', retrieving: null }, asked, run.features),
      userMessage.intent,
      run,
    );
  }

  const service: Generations = {
    async send(viewer, input) {
      const content = checkText('content', input.content, options.maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS');
      await checkDocuments(store, viewer, input);
      const { conversationId, parentId, model } = input;
      return start(viewer, {
        kind: sendingTo(input, content),
        request: ['send', conversationId, parentId, content, grounding(input), model],
        clientMutationId: input.clientMutationId,
        wishes: input,
      });
    },

    async edit(viewer, { messageId, content, clientMutationId }) {
      const checked = checkText('content', content, options.maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS');
      return start(viewer, {
        kind: { type: 'edit', messageId, content: checked },
        request: ['edit', messageId, checked],
        clientMutationId,
        wishes: NO_WISHES,
      });
    },

    async regenerate(viewer, { messageId, model, clientMutationId }) {
      return start(viewer, {
        kind: { type: 'regenerate', messageId },
        request: ['regenerate', messageId, model],
        clientMutationId,
        wishes: { ...NO_WISHES, model },
      });
    },

    async cancel(viewer, id) {
      const generation = await store.generations.get(viewer, id);
      if (!generation) throw notFound('Generation');
      if (isTerminal(generation.status)) return generation;
      if (!(await leases.cancel(id))) await cancelElsewhere(viewer, generation);
      return (await store.generations.get(viewer, id)) ?? generation;
    },

    get: (viewer, id) => store.generations.get(viewer, id),

    events: readEvents,

    async chat(viewer, input, signal) {
      const { generation } = await service.send(viewer, input);
      return readEvents(viewer, generation, null, signal);
    },
  };
  return { ...service, resume, judge };
}

const NO_LOG: RunLog = {
  open: () => undefined,
  append: () => false,
  close: () => undefined,
  abandon: () => undefined,
};

interface Launch {
  readonly viewer: Viewer;
  readonly open: OpenTurn;
  readonly asked: AskedRecord;
  /** `performance.now()` from before the statement that gave this replica the lease. */
  readonly since: number;
  readonly place: Promise<void>;
  readonly resumed?: ResumedRun | null;
  /** The store counts a provider call until a flush tells otherwise. */
  readonly presumed?: boolean;
}

const noteLost = (run: TurnRun, { lostCall }: TakenTurn): void => {
  if (lostCall !== null)
    run.note('generate', 'FAILED', `a call of ${lostCall} that died with its server; usage estimated`);
};

/** Whether some model can continue an answer. */
export const canContinue = ({ list, get }: LanguageModels): boolean =>
  list.some(({ name }) => get(name).continues === true);

async function checkDocuments(store: Store, viewer: Viewer, { documentIds }: SendMessage): Promise<void> {
  if (documentIds === null || documentIds.length === 0) return;
  if (documentIds.length > 100) throw new AppError('BAD_USER_INPUT', 'documentIds names more than 100 documents');
  const found = await store.documents.getMany(viewer, documentIds);
  if (documentIds.some((id) => !found.has(id))) throw notFound('Document');
}
