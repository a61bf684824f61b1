import { definePlugin, type PluginModels } from '#core/plugin.ts';
import { doneWithin, signalWithin } from '#core/runtime/deadline.ts';
import { IntentAnalyser, type Question, REPLACED } from './analyser.ts';
import { askModel } from './ask-model.ts';
import { TYPES } from './dialogue/types.ts';
import { readGeneralModels } from './general-models.ts';
import { contradictions } from './labels/check-examples.ts';
import { OUT_OF_SCOPE } from './labels/labelled-text.ts';
import { SENTENCE_ENCODER } from './labels/sentence-model.ts';
import { TeamLabels } from './labels/team-labels.ts';
import { SETTINGS } from './settings.ts';

export interface IntentOptions {
  /** False where the switch is off at the start: classifiers are read when the first message needs them. */
  readonly loadAtStart?: boolean;
  /** Milliseconds that the start waits for the training of a team's labels. After that, training continues while the server runs. */
  readonly trainWithin?: number;
}

/** Number of contradictions in a label file that are reported one by one. */
const TOLD_CONTRADICTIONS = 5;
/** Types by which a message is over before a model could say more of it. */
const SETTLED: ReadonlySet<string> = new Set(['small_talk', 'farewell']);
const SETTLED_FROM = 0.9;
/** Milliseconds that the encoder may take for a message: it takes about one; retrieval reads the same vector. */
const ENCODE_WITHIN = 50;

/** What is analysed before the first message, so that code and patterns are compiled: a pattern is, when it is used the second time. */
const WARMING: Omit<Question, 'content'> & { readonly contents: readonly string[] } = {
  contents: ['How long does it take?', 'What does that cost?', '需要几天？', '那要多少钱？'],
  history: [
    { role: 'USER', content: 'How do I send a parcel to Canada?' },
    { role: 'ASSISTANT', content: 'By post, with a customs form.' },
  ],
  topic: null,
  previousIntent: null,
};

/** Tells what a message does in its conversation, what it is about, and what it means in full. */
export const intentPlugin = ({ loadAtStart = true, trainWithin = 20_000 }: IntentOptions = {}) =>
  definePlugin({
    name: 'intent',
    version: '1.0.0',
    contract: 2,
    feature: { name: 'intent-tracking', default: true },
    settings: SETTINGS,
    metrics: {
      parley_intents_total: {
        type: 'counter',
        help: "Messages by type; a team's own labels count as other",
        labels: { type: [...TYPES, OUT_OF_SCOPE] },
      },
      parley_intent_model_total: {
        type: 'counter',
        help: 'Messages that INTENT_MODEL was asked about, by outcome',
        labels: { outcome: ['answered', 'failed'] },
      },
    },

    setup({ settings, metrics, warn, ...context }) {
      const { INTENT_LABELS: examples, INTENT_MODEL: model, INTENT_MODEL_TIMEOUT: timeoutMs } = settings;
      if (model !== undefined) checkModel(context.models, model);
      const encoder = context.embeddings && context.embeddingsNamed(SENTENCE_ENCODER);
      /** Of the message; null where no classifier reads it, or the encoder does not answer in time. */
      const vectorOf = async (content: string, signal: AbortSignal): Promise<Float32Array | null> => {
        if (!encoder || !team?.classifier?.sentences) return null;
        const encoding = encoder.embed(
          [content],
          signalWithin(ENCODE_WITHIN * context.deadlineFactor, signal),
          'query',
        );
        const [vector = null] = await encoding.catch((): Float32Array[] => []);
        signal.throwIfAborted();
        return vector;
      };
      const team = examples ? new TeamLabels(examples, context.dataDirectory, encoder) : null;
      const told = examples ? contradictions(examples) : [];
      for (const contradiction of told.slice(0, TOLD_CONTRADICTIONS)) warn(`INTENT_LABELS: ${contradiction}`);
      const types = examples
        ? [...TYPES.filter((type) => !REPLACED.has(type)), ...new Set(examples.map(({ label }) => label)), OUT_OF_SCOPE]
        : TYPES;
      let analyser: IntentAnalyser | null = null;
      const loaded = () => {
        analyser ??= new IntentAnalyser(readGeneralModels(), () => team?.classifier ?? null);
        team?.ready().catch((error) => warn('the labels of INTENT_LABELS could not be learned', error));
        return analyser;
      };

      return {
        async start(signal) {
          if (!loadAtStart || !team) return;
          loaded();
          if (!(await doneWithin(trainWithin, team.ready(), signal)))
            warn('the labels of INTENT_LABELS are still being learned; until then messages get the general types');
        },
        async warm(signal) {
          // Not at the start: reading the classifiers holds the server for 60 ms.
          const analyser = loaded();
          for (const content of WARMING.contents)
            analyser.analyse({ ...WARMING, content, vector: await vectorOf(content, signal) });
        },
        async stop() {
          await team?.stop();
        },
        health: () => (team && !team.classifier ? 'learning the labels of INTENT_LABELS' : undefined),

        async understand(turn, hook) {
          const analyser = loaded();
          const vector = await vectorOf(turn.content, hook.signal);
          const offline = analyser.analyse({ ...turn, vector });
          const settled = SETTLED.has(offline.type) && offline.confidence >= SETTLED_FROM;
          let intent = offline;
          if (model !== undefined && !settled)
            try {
              intent = await askModel(turn, offline, hook, {
                model,
                timeoutMs: timeoutMs * context.deadlineFactor,
                types,
              });
              metrics.add('parley_intent_model_total', 1, { outcome: 'answered' });
            } catch (error) {
              hook.signal.throwIfAborted();
              metrics.add('parley_intent_model_total', 1, { outcome: 'failed' });
              warn('INTENT_MODEL gave no analysis; the built-in one holds', error);
              intent = { ...offline, signals: [...offline.signals, 'model_failed'] };
            }
          metrics.add('parley_intents_total', 1, { type: intent.type });
          return intent;
        },
      };
    },
  });

/** Throws where no setting names the model: nothing would tell an operator that it is never asked. */
function checkModel(models: PluginModels, name: string): void {
  try {
    models.get(name);
  } catch {
    const known = models.list.map((model) => model.name).join(', ') || 'none';
    throw new Error(
      `INTENT_MODEL (plugin intent): ${name} is not configured; name one of MODEL_LIGHT, MODEL_BALANCED or MODEL_STRONG (there are: ${known})`,
    );
  }
}
