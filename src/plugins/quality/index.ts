import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { CONTRACT_VERSION, definePlugin, type HookContext } from '#core/plugin.ts';
import { signalWithin, withDeadline } from '#core/runtime/deadline.ts';
import type { QualityReport, Sample } from '#core/turn.ts';
import { METRICS } from './figures.ts';
import { JudgeThread } from './judge-thread.ts';
import type { Judged, Judgement } from './judgement.ts';
import { judgeByModel, judgeName, type ModelJudge, Nonsense } from './model-judge/index.ts';
import { ENCODER, withoutParaphrases } from './paraphrases.ts';
import { judgedOf, offlineReport, reportOf } from './report.ts';
import { isSampled } from './sampling.ts';
import { share01 } from './settings.ts';

/** Milliseconds that a judge model may take for one answer; the hook's deadline is later. */
const JUDGE_WITHIN = 10_000;
/** Milliseconds that the encoder may take. */
const ENCODE_WITHIN = 3_000;
/** Turns that wait for the judge; one more is not judged. `evaluateQuality` waits in any case. */
const MOST_WAITING = 100;

/** Judges answers: offline in English and Chinese, and by JUDGE_MODEL where one is named. */
export const qualityPlugin = () =>
  definePlugin({
    name: 'quality',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    feature: { name: 'quality-evaluation', default: true },
    settings: {
      QUALITY_SAMPLE: share01(1).describe('Share of turns that are judged, 0..1'),
      JUDGE_MODEL: z
        .string()
        .regex(/^(openai-compatible|openai|anthropic):\S+$/, 'must be provider:model, e.g. openai-compatible:llama3')
        .optional()
        .describe('Model that judges; absent: the offline judge alone'),
      JUDGE_FORM: z
        .enum(['auto', 'report', 'claims'])
        .default('auto')
        .describe(
          'report: one call an answer; claims: one call a claim, for fact checkers; auto: by the name of the model',
        ),
    },
    metrics: METRICS,

    setup({ settings, models, metrics, embeddingsNamed, deadlineFactor, warn }) {
      const { QUALITY_SAMPLE: share, JUDGE_MODEL: model, JUDGE_FORM: form } = settings;
      if (model !== undefined) models.get(model);
      const judge: ModelJudge | null =
        model === undefined
          ? null
          : { model, form: form === 'auto' ? (/minicheck/i.test(model) ? 'claims' : 'report') : form };
      const thread = new JudgeThread();
      const encoder = embeddingsNamed(ENCODER);

      /** The model's report; the offline one where the model is down, slow or talks nonsense. */
      async function report(
        sample: Sample,
        judged: Judged,
        offline: Judgement,
        context: HookContext,
      ): Promise<QualityReport> {
        const { expected, context: texts } = sample;
        // Loaded where it is used: a server judges in its thread, and only evaluation sets have a reference.
        const more = expected && texts?.length ? (await import('./reference.ts')).referenceScores(expected, texts) : [];
        if (!judge) return offlineReport(offline, more);
        try {
          const signal = signalWithin(JUDGE_WITHIN * deadlineFactor, context.signal);
          return reportOf(await judgeByModel(judge, judged, offline, context, signal), more, 'MODEL', judgeName(judge));
        } catch (error) {
          context.signal.throwIfAborted();
          const reason = reasonOf(error);
          metrics.add('quality_judge_failures_total', 1, { reason });
          context.note(
            reason === 'slow' ? 'TIMED_OUT' : 'FAILED',
            `judge ${judge.model}: ${reason}; the offline report stands`,
          );
          if (!(error instanceof AppError || error instanceof Nonsense || reason === 'slow'))
            warn('the judge failed', error);
          return offlineReport(offline, more);
        }
      }

      /** Judges by words first. Claims that only share no words with their source are then judged by their vectors. */
      async function offlineJudgement(judged: Judged, { signal, note }: HookContext): Promise<Judgement> {
        const byWords = await thread.judge(judged, signal);
        if (!encoder) return byWords;
        try {
          const encoding = (within: AbortSignal) => withoutParaphrases(byWords, judged.context, encoder, within);
          return await withDeadline(ENCODE_WITHIN * deadlineFactor, encoding, { signal });
        } catch {
          signal.throwIfAborted();
          note('FAILED', 'the encoder did not answer; paraphrases may be marked as unsupported');
          return byWords;
        }
      }

      return {
        async assess(sample, context) {
          const { turn } = sample;
          // A revision is always judged, because its first answer was.
          if (turn?.ids && !turn.revision && !isSampled(turn.ids.generationId, share)) return undefined;
          if (turn?.ids && thread.waiting >= MOST_WAITING) {
            context.note('SKIPPED', 'the judge is busy');
            return undefined;
          }
          const judged = judgedOf(sample);
          const offline = await offlineJudgement(judged, context);
          const made = await report(sample, judged, offline, context);
          metrics.add('quality_evaluations_total', 1, { source: made.judge === judgeOf(judge) ? 'MODEL' : 'RULE' });
          return made;
        },

        health: () => (judge ? `judge ${judgeName(judge)}, else offline` : 'offline judge'),
        stop: () => thread.stop(),
      };
    },
  });

const judgeOf = (judge: ModelJudge | null): string | null => judge && judgeName(judge);

function reasonOf(error: unknown): 'down' | 'slow' | 'nonsense' {
  if (error instanceof Nonsense) return 'nonsense';
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  return isLate || (error instanceof AppError && error.code === 'TIMED_OUT') ? 'slow' : 'down';
}
