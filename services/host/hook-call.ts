/** One hook of the plugin for one call: with its deadline, on the viewer's account, and with all that the plugin tells beside its answer. */
import { AppError } from '#core/errors.ts';
import type { HookRun, PluginDriver } from '#core/hooks/driver.ts';
import type { Passages } from '#core/plugin-context.ts';
import type { ServiceAnswer } from '#core/ports/services.ts';
import { doneWithin } from '#core/runtime/deadline.ts';
import type { Charge, ModelCaller } from '#core/turn/model-caller.ts';
import type { StageTrace } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';

/** Asks a hook. Throws an AppError where the plugin failed, was late, or is left alone after failures: the platform's own plugin answers then. */
export type AskHook = <T>(
  ask: (call: HookCall) => Promise<T | undefined>,
) => Promise<ServiceAnswer & { readonly answer: T | null }>;

export interface HookCall {
  readonly driver: PluginDriver;
  readonly run: HookRun;
  readonly viewer: Viewer;
  /** Passages as the viewer may read them. */
  readonly passages: Passages['passages'];
}

/** For calls that belong to no viewer. */
const NOBODY: Viewer = { id: '', subject: '', tenant: '', role: 'USER' };
/** Milliseconds for which the answer waits for the usage of model calls that the plugin gave up. */
const ACCOUNT_WITHIN = 100;

type Charged = ServiceAnswer['usage'][number];

export interface HookCallsOptions extends Pick<HookCall, 'driver' | 'passages'> {
  /** Makes the caller of models over what is charged. */
  readonly caller: (charge: Charge) => ModelCaller;
}

/** Returns the function that begins a call. */
export function hookCalls({ driver, passages, caller: callerOver }: HookCallsOptions) {
  /** By the viewer of a call, who is an object of its own. */
  const charged = new WeakMap<Viewer, Charged[]>();
  const caller = callerOver((viewer, { model, usage: { inputTokens, outputTokens }, isOpen }) => {
    if (!isOpen && inputTokens + outputTokens > 0) charged.get(viewer)?.push({ model, inputTokens, outputTokens });
  });

  return (known: Viewer | null, signal: AbortSignal): AskHook =>
    async (ask) => {
      const viewer = { ...(known ?? NOBODY) };
      const usage: Charged[] = [];
      charged.set(viewer, usage);
      const stages: StageTrace[] = [];
      const over = new AbortController();
      const accounting: Promise<unknown>[] = [];
      const run: HookRun = {
        ...{ generationId: null, features: 'all', signal: AbortSignal.any([signal, over.signal]) },
        trace: (stage) => void stages.push(stage),
        ask(request, models, within) {
          const { stream, ended } = watched(caller.ask(request, models, within, viewer, run));
          accounting.push(ended);
          return stream;
        },
      };
      const answer = await ask({ driver, run, viewer, passages });
      const last = stages.pop();
      if (answer === undefined && last?.outcome !== 'OK')
        throw new AppError('INTERNAL_SERVER_ERROR', 'The plugin did not answer; the log of the service tells why');
      over.abort();
      await doneWithin(ACCOUNT_WITHIN, Promise.all(accounting));
      const notes = stages.flatMap(({ stage, outcome, detail }) =>
        detail === null || stage === 'ask' ? [] : [{ outcome, detail: detail.slice(0, 300) }],
      );
      return { answer: answer ?? null, notes, usage };
    };
}

/** A stream, and when it was read to its end or given up. */
function watched<T>(source: AsyncIterable<T>): { readonly stream: AsyncIterable<T>; readonly ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  async function* stream() {
    try {
      yield* source;
    } finally {
      resolve();
    }
  }
  return { stream: stream(), ended };
}
