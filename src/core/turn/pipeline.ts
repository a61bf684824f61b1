/**
 * The order of a turn. No other file knows it. Each stage is a method below, or a file of its own: recalling.ts for an earlier
 * answer, afterwards.ts for what follows the answer. The driver calls the plugins of a stage.
 */

import type { PluginDriver } from '../hooks/driver.ts';
import type { DocumentStore } from '../ports/document-store.ts';
import type { LanguageModels } from '../ports/language-model.ts';
import type { BegunTurn, FinishTurn } from '../ports/store.ts';
import { emit } from '../runtime/diagnostics.ts';
import { deepFreeze } from '../runtime/freeze.ts';
import { newId } from '../runtime/identifier.ts';
import { inWork, type StageWork } from '../runtime/work.ts';
import type { IntentAnalysis, QualityReport, Turn } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { Afterwards, JUDGED_WITHIN, type StoredAnswer } from './afterwards.ts';
import { Answering } from './answering.ts';
import { cite } from './citations.ts';
import { endOf, isElsewhere, type TurnEnding } from './ending.ts';
import type { ReadEvents } from './generation-events.ts';
import { describeHistory, historyBudget, shownHistory } from './history.ts';
import { type ModelCaller, modelsFor } from './model-caller.ts';
import { buildRequest } from './prompt.ts';
import { Recalling } from './recalling.ts';
import type { Retrieval } from './retrieval.ts';
import { bothRetrieving, type Retrieving, startRetrieving } from './started-retrieval.ts';
import type { Summaries } from './summaries.ts';
import type { TurnRun } from './turn-run.ts';

export interface PipelineParts {
  readonly driver: PluginDriver;
  readonly models: LanguageModels;
  readonly caller: ModelCaller;
  readonly retrieval: Retrieval;
  readonly documents: Pick<DocumentStore, 'passages' | 'pending'>;
  /** `passages.version` of the plugin's context. */
  readonly versionOf: (viewer: Viewer) => string;
  readonly readEvents: ReadEvents;
  readonly store: TurnEnding;
  readonly summaries: Pick<Summaries, 'withAnswer'>;
  readonly passageLimit: number;
  /** Most tokens of history that a model is shown. */
  readonly historyTokens: number;
}

/** A turn that has begun, with the retrieval that started beside it. */
export interface OpenTurn {
  readonly begun: BegunTurn;
  /** The version of the viewer's passages, taken before retrieval. */
  readonly version: string;
  readonly retrieving: Retrieving | null;
}

export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #recalling: Recalling;
  readonly #afterwards: Afterwards;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#recalling = new Recalling(parts);
    this.#afterwards = new Afterwards(parts);
  }

  /**
   * The first stage: `begin` writes the messages and the generation. Retrieval needs none of it, so it starts at the same time
   * if the question is known and need not wait for a place (`question` is not null). Null as `begin`.
   */
  async open(
    viewer: Viewer,
    question: Pick<Turn, 'viewer' | 'content' | 'documentIds' | 'features'> | null,
    begin: () => Promise<BegunTurn | null>,
  ): Promise<OpenTurn | null> {
    const version = this.#parts.versionOf(viewer);
    const retrieving = question && this.#startRetrieving(question, question.content, this.#parts.passageLimit);
    let begun: BegunTurn | null = null;
    try {
      begun = await inWork(stage('begin'), begin);
    } finally {
      if (!begun?.created) retrieving?.abandon();
    }
    return begun && { begun, version, retrieving };
  }

  /** Runs a begun turn to its end. Every end is an event. */
  async run({ begun, retrieving: early }: OpenTurn, first: Turn, run: TurnRun): Promise<void> {
    let turn = deepFreeze(first);
    let failure: unknown = null;
    this.#equip(turn, run);
    try {
      this.#start(begun, run);
      run.signal.throwIfAborted();
      turn = await this.#understand(turn, run);
      const retrieving = this.#retrieve(turn, run, early);
      if (await this.#recalling.recall(turn, run)) retrieving?.abandon();
      else {
        turn = await this.#retrieved(turn, retrieving, run);
        turn = await this.#route(turn, run);
        const [routed, { depth }] = [turn, begun.userMessage];
        await inWork(stage('generate'), () => this.#generate(routed, depth, run));
        await this.#cite(turn, run);
      }
    } catch (error) {
      failure = error;
    }
    run.endText();
    const judging = failure === null ? this.#afterwards.judge(turn, run) : null;
    // While the judge works in its thread.
    const summary = this.#parts.summaries.withAnswer(begun, run);
    const report = judging && (await judging.soon);
    const more = { summary, ...(judging && !report ? { judgedWithin: JUDGED_WITHIN } : {}) };
    const stored = await inWork(stage('finish'), () => this.#finish(turn, run, failure, report, more));
    run.answer();
    if (stored) await this.#afterwards.run(turn, run, judging, stored);
  }

  /** Judges a stored answer whose replica died before it did. Passages are found again; the answer is not revised. */
  async judge(first: Turn, intent: IntentAnalysis | null, run: TurnRun): Promise<void> {
    const asked = deepFreeze({ ...first, intent, query: intent?.standaloneQuery || first.content });
    this.#equip(asked, run);
    const turn = await this.#retrieved(asked, this.#retrieve(asked, run, null), run);
    const stages = run.stages.length;
    await this.#afterwards.late(turn, run, this.#afterwards.judge(turn, run), stages);
  }

  #equip({ viewer }: Turn, run: TurnRun): void {
    run.charge = (model, tokens) => this.#parts.caller.charge(viewer, model, tokens);
    run.ask = (request, models, signal) => this.#parts.caller.ask(request, models, signal, viewer, run);
  }

  #start({ conversation, userMessage, assistantMessage, generation }: BegunTurn, run: TurnRun): void {
    emit('parley:generation:start', { generationId: generation.id, conversationId: conversation.id });
    run.emit({
      type: 'generation-started',
      conversationId: conversation.id,
      userMessageId: userMessage.id,
      assistantMessageId: assistantMessage.id,
      attempt: generation.epoch,
    });
    if (run.isResumed) run.emit({ type: 'text-snapshot', text: run.text, attempt: generation.epoch });
  }

  async #understand(turn: Turn, run: TurnRun): Promise<Turn> {
    const intent = await this.#parts.driver.understand(turn, run);
    if (!intent) return turn;
    run.emit({ type: 'intent-tracked', intent: deepFreeze(intent) });
    return deepFreeze({ ...turn, intent, query: intent.standaloneQuery || turn.content });
  }

  /** Runs while plugins are asked to `recall`. The standalone query widens the search by the message. */
  #retrieve(turn: Turn, run: TurnRun, early: Retrieving | null): Retrieving | null {
    const limit = turn.revision?.passageLimit ?? this.#parts.passageLimit;
    const original = early ?? this.#startRetrieving(turn, turn.content, limit);
    const standalone = turn.query === turn.content ? null : this.#startRetrieving(turn, turn.query, limit);
    const retrieving = original && standalone ? bothRetrieving(original, standalone, limit) : original;
    retrieving?.join(run);
    run.retrieved = async () => (await retrieving?.passages) ?? [];
    return retrieving;
  }

  #startRetrieving(
    { viewer, documentIds, features }: Pick<Turn, 'viewer' | 'documentIds' | 'features'>,
    query: string,
    limit: number,
  ): Retrieving | null {
    const { driver, retrieval } = this.#parts;
    if (!driver.has('retrieve', features)) return null;
    return startRetrieving(retrieval, { viewer, query, documentIds, limit }, features);
  }

  async #retrieved(turn: Turn, retrieving: Retrieving | null, run: TurnRun): Promise<Turn> {
    const passages = (await retrieving?.passages) ?? [];
    if (passages.length > 0) run.emit({ type: 'passages-retrieved', passages });
    return deepFreeze({ ...turn, passages });
  }

  /** Asked where the client named a model too: a budget that is spent refuses that as well. */
  async #route(turn: Turn, run: TurnRun): Promise<Turn> {
    const decided = await this.#parts.driver.route(turn, run);
    if (!decided) return turn;
    if ('refuse' in decided) throw decided.refuse;
    if (turn.requestedModel !== null) return turn;
    run.route = decided;
    run.emit({ type: 'model-routed', route: decided });
    return deepFreeze({ ...turn, route: decided });
  }

  /** `before`: messages before the question on its branch. */
  async #generate(turn: Turn, before: number, run: TurnRun): Promise<void> {
    const { caller, driver, models, historyTokens } = this.#parts;
    const asked = modelsFor(turn, models);
    const history = shownHistory(turn, historyBudget(historyTokens, models.contextTokens(asked[0] ?? '')));
    if (before > 0) run.note('history', 'OK', describeHistory(history, before));
    const answering = new Answering(asked, models, run);
    const stream = driver.generate(turn, (request) => caller.stream(request, answering), run);
    const request = buildRequest(turn, history, await this.#pending(turn));
    await answering.read(stream(deepFreeze(run.text === '' ? request : { ...request, partial: run.text })));
  }

  /** Titles of documents that are still being read, where nothing was found. */
  async #pending({ viewer, documentIds, passages, features }: Turn): Promise<readonly string[]> {
    const { documents, driver } = this.#parts;
    if (passages.length > 0 || !driver.has('retrieve', features)) return [];
    const pending = await documents.pending(viewer, documentIds, MOST_PENDING).catch(() => []);
    return pending.map(({ title }) => title);
  }

  async #cite(turn: Turn, run: TurnRun): Promise<void> {
    if (turn.passages.length === 0) return;
    run.citations = await run.timed('cite', () => cite(run.text, turn.passages)).catch(() => []);
    for (const citation of run.citations) run.emit({ type: 'citation-added', citation });
  }

  /** Null where the answer is not complete, or not stored. */
  async #finish(
    turn: Turn,
    run: TurnRun,
    thrown: unknown,
    report: QualityReport | null,
    more: Pick<FinishTurn, 'judgedWithin' | 'summary'>,
  ): Promise<StoredAnswer | null> {
    if (isElsewhere(thrown)) {
      await this.#parts.store.lost(turn.viewer, run, turn.ids?.assistantMessageId ?? '');
      return null;
    }
    const { status, error } = endOf(thrown);
    const fields = run.stored();
    const stored = await this.#parts.store.finish(turn, run, {
      ...fields,
      status,
      error,
      reasoning: run.reasoning || null,
      finishReason: status === 'COMPLETE' ? (run.finishReason ?? 'OTHER') : null,
      intent: turn.intent,
      topic: turn.intent?.topic ?? null,
      evaluation: report && { id: newId(), report },
      ...more,
    });
    run.isSummarised = stored && Boolean(more.summary);
    return stored && status === 'COMPLETE' ? { report, stages: fields.stages.length } : null;
  }
}

/** A stage of core's own, for traces. */
const stage = (name: string): StageWork => ({ kind: 'stage', stage: name, plugin: 'core' });

/** Documents that an answer tells of as still being read. */
const MOST_PENDING = 3;
