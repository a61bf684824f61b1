/** The job that runs an evaluation set to its end. Each case is answered once, whichever replica dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '../errors.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { ClaimedRun, EvaluationCase } from '../ports/evaluation-set-store.ts';
import type { Jobs } from '../ports/jobs.ts';
import type { Store } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { ModelCaller } from '../turn/model-caller.ts';
import type { Usage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { Features, Generations, Messages } from './index.ts';

export interface EvaluationRunsOptions {
  readonly store: Pick<Store, 'evaluationSets'>;
  readonly driver: PluginDriver;
  readonly features: Features;
  readonly caller: ModelCaller;
  readonly generations: Generations;
  readonly messages: Messages;
  /** Of this process: each run is worked on under a lease. */
  readonly jobs: Jobs;
  /** Tells the workers elsewhere that a run waits. */
  readonly sharedJobs: Jobs;
  /** This replica; the same over its restarts. */
  readonly owner: string;
  /** Lease in milliseconds: after this time without renewal another replica continues the run. */
  readonly leaseMs?: number;
  /** Milliseconds of work on a run before those of other viewers get their turn. */
  readonly sliceMs?: number;
}

interface Answered {
  readonly generationId: string;
  readonly userMessageId: string;
  /** Empty where the turn failed. */
  readonly text: string;
  /** The passages that the answer cites. */
  readonly context: readonly string[];
}

const KIND = 'evaluate';
const QUEUED = 'evaluation-queued';
/** Milliseconds after which a run lets those of other viewers go on, after the case that is being judged. */
const SLICE = 1_000;
/** Milliseconds before a run that found no place for its turn tries again. */
const BUSY = 1_000;

/** `start` makes this process work on waiting runs, and on those that a dead process left. */
export class EvaluationRuns {
  readonly #options: EvaluationRunsOptions;
  readonly #leaseMs: number;
  readonly #sliceMs: number;
  /** Whose time was over before their end. */
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #working = false;

  constructor(options: EvaluationRunsOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? 10_000;
    this.#sliceMs = options.sliceMs ?? SLICE;
  }

  async start(): Promise<void> {
    const { jobs, sharedJobs } = this.#options;
    jobs.handle(KIND, (id, signal) => this.#work(id, signal), { concurrency: 1 });
    sharedJobs.handle(QUEUED, () => this.#look(), { concurrency: 1 });
    this.#working = true;
    await this.#look();
    this.#timer = setInterval(() => {
      this.#look().catch((error) => warn('evaluate', 'runs that wait could not be looked for', error));
    }, this.#leaseMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  queued(runId: string, viewerId: string): void {
    const { jobs, sharedJobs } = this.#options;
    if (!this.#working) {
      // Where nobody is told, a worker finds the run when it looks next.
      if (sharedJobs.shared) sharedJobs.run(QUEUED, runId, viewerId).catch(() => undefined);
      return;
    }
    jobs
      .run(KIND, runId, viewerId)
      .then(() => {
        if (this.#waiting.delete(runId)) this.queued(runId, viewerId);
      })
      .catch((error) => warn('evaluate', `run ${runId} is tried again`, error));
  }

  async #look(): Promise<void> {
    const unfinished = await this.#options.store.evaluationSets.unfinished(this.#options.owner);
    for (const { id, viewerId } of unfinished) this.queued(id, viewerId);
  }

  async #work(id: string, stopped: AbortSignal): Promise<void> {
    const { store, owner } = this.#options;
    const claimed = await store.evaluationSets.claim(id, owner, this.#leaseMs);
    if (!claimed) return;
    const lost = new AbortController();
    const signal = AbortSignal.any([stopped, lost.signal]);
    const renewal = setInterval(() => {
      store.evaluationSets
        .renew(id, owner, this.#leaseMs)
        .then((held) => held || lost.abort(new Error('the run is gone, or another replica goes on with it')))
        .catch(() => undefined); // the lease runs on until the store answers
    }, this.#leaseMs / 4);
    try {
      const isWhole = await this.#judge(claimed, signal);
      if (!isWhole) this.#waiting.add(id);
      else if (!signal.aborted) await store.evaluationSets.finish(id, owner, { status: 'COMPLETE', error: null });
    } catch (error) {
      if (signal.aborted) return;
      const { code, message } = toAppError(error);
      if (code === 'STORE_UNAVAILABLE') throw error;
      if (code === 'RATE_LIMITED' || code === 'OVERLOADED') {
        // The viewer's share of places is taken by the viewer's own chats, or all are.
        await sleep(BUSY, undefined, { signal }).catch(() => undefined);
        this.#waiting.add(id);
        return;
      }
      if (code === 'INTERNAL_SERVER_ERROR') warn('evaluate', `run ${id} failed`, error);
      await store.evaluationSets.finish(id, owner, { status: 'FAILED', error: message });
    } finally {
      clearInterval(renewal);
    }
  }

  /** False where its time was over before its end. */
  async #judge({ run, viewer, cases, done }: ClaimedRun, signal: AbortSignal): Promise<boolean> {
    const { store, owner } = this.#options;
    const until = Date.now() + this.#sliceMs;
    let judged = 0;
    /** All answers of a run are branches of one conversation, so that none is in another's history. */
    let first: string | null = null;
    for (const [index, one] of cases.entries()) {
      signal.throwIfAborted();
      const number = index + 1;
      const needsAnswer = one.response === null;
      if (done.has(number) && !(needsAnswer && first === null)) continue;
      if (judged > 0 && Date.now() >= until) return false;
      judged += 1;
      const answered: Answered | null = needsAnswer
        ? await this.#answer(viewer, run.id, number, one.query, first, signal)
        : null;
      first ??= answered?.userMessageId ?? null;
      if (done.has(number)) continue;
      const report = await this.#judgeCase(viewer, one, answered, signal);
      const response = one.response ?? answered?.text ?? '';
      const result = { number, response, report, generationId: answered?.generationId ?? null };
      if (!(await store.evaluationSets.addResult(run.id, owner, result))) return true;
    }
    return true;
  }

  /** The same clientMutationId after a kill is the same turn. */
  async #answer(
    viewer: Viewer,
    runId: string,
    number: number,
    content: string,
    first: string | null,
    signal: AbortSignal,
  ): Promise<Answered> {
    const { generations, messages } = this.#options;
    const clientMutationId = `evaluation ${runId} ${number}`;
    const begun = first
      ? await generations.edit(viewer, { messageId: first, content, clientMutationId })
      : await generations.send(viewer, {
          ...{ conversationId: null, content, documentIds: null, model: null, clientMutationId },
        });
    let { generation, assistantMessage } = begun;
    let message = await this.#ended(viewer, generation.id, assistantMessage.id, signal);
    if (message?.status === 'INTERRUPTED') {
      // The server was killed during the answer. That says nothing about the answer's quality.
      const again = { messageId: assistantMessage.id, model: null, clientMutationId: `${clientMutationId} again` };
      ({ generation, assistantMessage } = await generations.regenerate(viewer, again));
      message = await this.#ended(viewer, generation.id, assistantMessage.id, signal);
    }
    const failed = message?.status !== 'COMPLETE';
    const [citations = []] = message ? await messages.citations(viewer, [message]) : [];
    return {
      generationId: generation.id,
      userMessageId: begun.userMessage.id,
      text: failed ? '' : (message?.content ?? ''),
      context: [...new Set(citations.map(({ passage }) => passage.text))],
    };
  }

  /** The answer once its turn is over. */
  async #ended(viewer: Viewer, generationId: string, messageId: string, signal: AbortSignal) {
    const { generations, messages } = this.#options;
    for await (const { event } of await generations.events(viewer, generationId, null, signal))
      if (event.type.startsWith('generation-') && event.type !== 'generation-started') break;
    signal.throwIfAborted();
    return messages.get(viewer, messageId);
  }

  async #judgeCase(
    viewer: Viewer,
    { query, response, expected, context }: EvaluationCase,
    answered: Answered | null,
    signal: AbortSignal,
  ) {
    const { driver, features, caller } = this.#options;
    const text = response ?? answered?.text ?? '';
    if (text === '') return NO_ANSWER;
    const trace = () => undefined;
    const run = {
      ...{ generationId: null, features: features.enabledFor(viewer), signal, trace },
      ask: askFor(caller, viewer, trace),
      charge: (model: string, tokens: Omit<Usage, 'costUsd'>) => caller.charge(viewer, model, tokens),
    };
    const texts = context ?? (answered && answered.context.length > 0 ? answered.context : null);
    const sample = { query, response: text, context: texts, expected, history: [], turn: null };
    const report = await driver.assess(sample, run);
    if (!report) throw new AppError('FEATURE_DISABLED', 'The judge gave no report; the log names the plugin');
    return report;
  }
}

const askFor =
  (
    caller: ModelCaller,
    viewer: Viewer,
    trace: () => undefined,
  ): NonNullable<Parameters<PluginDriver['assess']>[1]['ask']> =>
  (request, models, signal) =>
    caller.ask(request, models, signal, viewer, { generationId: null, trace });

/** The report of a case that Parley could not answer: nothing in it is good, and no judge said so. */
const NO_ANSWER = Object.freeze({
  ...{ overall: 0, relevance: 0, groundedness: null, completeness: 0, coherence: 0, safety: 1 },
  ...{ suggestions: ['The model gave no answer'], unsupported: [], judge: '' },
});
