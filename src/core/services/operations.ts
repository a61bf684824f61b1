/** Plugin operations without a turn: dry runs of intent, quality and routing, and clearing caches. */
import { AppError, notFound } from '../errors.ts';
import type { HookRun, PluginDriver } from '../hooks/driver.ts';
import type { HookName } from '../plugin.ts';
import { signalWithin } from '../runtime/deadline.ts';
import { runIn } from '../runtime/gate.ts';
import { Admission } from '../turn/admission.ts';
import { dryTurn } from '../turn/dry-turn.ts';
import type { ModelCaller } from '../turn/model-caller.ts';
import type { ChatMessage } from '../turn.ts';
import { operatesPlatform, type Viewer } from '../viewer.ts';
import type { Features, Operations } from './index.ts';
import { checkText } from './input.ts';

export interface OperationsOptions {
  readonly driver: PluginDriver;
  readonly features: Features;
  readonly caller: ModelCaller;
  readonly maxMessageCharacters: number;
}

/** Milliseconds that a dry run may take. */
const LONGEST = 30_000;
/** For work that continues after the client has gone. */
const NEVER = new AbortController().signal;
const MOST_HISTORY = 100;
const MOST_TEXTS = 100;
/** UTF-16 code units of all texts of one call together. */
const MOST_CHARACTERS = 500_000;

/** Dry runs at once, and how many may wait; one viewer has a quarter of both. */
const PLACES = { limit: 16, queueLimit: 200, share: 0.25 };

export function operations({ driver, features, caller, maxMessageCharacters }: OperationsOptions): Operations {
  const admission = new Admission(PLACES);
  /** Its deadline begins when it has a place. */
  const inTurn = <T>(viewer: Viewer, signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
    runIn(admission.enter(viewer.id), work, signal);
  /** Throws FEATURE_DISABLED where no plugin that is on for the viewer has the hook. */
  const runFor = (
    viewer: Viewer,
    hook: HookName,
    outer: AbortSignal,
  ): HookRun & { readonly features: ReadonlySet<string> } => {
    const enabled = features.enabledFor(viewer);
    if (!driver.has(hook, enabled))
      throw new AppError('FEATURE_DISABLED', 'The plugin behind this operation is switched off for this viewer');
    const run = { generationId: null, trace: () => undefined };
    return {
      ...{ ...run, features: enabled, signal: signalWithin(LONGEST, outer) },
      charge: (model, tokens) => caller.charge(viewer, model, tokens),
      ask: (request, models, signal) => caller.ask(request, models, signal, viewer, run),
    };
  };
  const message = (name: string, text: string) => checkText(name, text, maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS');

  return {
    async trackIntent(viewer, { message: content, history }, signal) {
      const [text, before] = [message('message', content), checkHistory(history)];
      return inTurn(viewer, signal, async () => {
        const run = runFor(viewer, 'understand', signal);
        return answered(await driver.understand(dryTurn(viewer, text, before, run.features), run));
      });
    },

    async evaluateQuality(viewer, { query, response, context }, signal) {
      checkTexts('context', context ?? [], MOST_TEXTS);
      const sample = {
        query: message('query', query),
        response: checkText('response', response, MOST_CHARACTERS),
        context: context?.length ? context : null,
        expected: null,
        history: [],
        turn: null,
      };
      return inTurn(viewer, signal, async () =>
        answered(await driver.assess(sample, runFor(viewer, 'assess', signal))),
      );
    },

    async routeModel(viewer, { query, history }, signal) {
      const [text, before] = [message('query', query), checkHistory(history)];
      return inTurn(viewer, signal, async () => {
        const run = runFor(viewer, 'route', signal);
        const decided = answered(await driver.route(dryTurn(viewer, text, before, run.features), run));
        if ('refuse' in decided) throw decided.refuse;
        return decided;
      });
    },

    async clearCache(viewer, scope) {
      if (viewer.role !== 'OPERATOR') throw new AppError('FORBIDDEN', 'Only an operator may clear the cache');
      const tenant = operatesPlatform(viewer) ? null : viewer.tenant;
      return driver.clear({ ...scope, tenant }, { ...runFor(viewer, 'clear', NEVER), features: 'all' });
    },
  };
}

/** The plugin's failure is in the log; a client learns only that there is no answer. */
function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw notFound('An answer of the plugin');
  return answer;
}

function checkTexts(name: string, texts: readonly string[], most: number): void {
  if (texts.length > most) throw new AppError('BAD_USER_INPUT', `${name} has more than ${most} entries`);
  if (texts.reduce((sum, text) => sum + text.length, 0) > MOST_CHARACTERS)
    throw new AppError('PAYLOAD_TOO_LARGE', `${name} has more than ${MOST_CHARACTERS} characters in all`);
}

function checkHistory(history: readonly ChatMessage[]): readonly ChatMessage[] {
  checkTexts(
    'history',
    history.map(({ content }) => content),
    MOST_HISTORY,
  );
  return history;
}
