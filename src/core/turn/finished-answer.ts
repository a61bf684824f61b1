import { deepFreeze } from '../runtime/freeze.ts';
import type { Answer, Sample, Turn } from '../turn.ts';
import { groundingOf } from './grounding.ts';
import { whatWasSaid } from './history.ts';
import { storedCitation } from './stored-citations.ts';
import type { TurnRun } from './turn-run.ts';

const BEFORE_THE_MODEL: ReadonlySet<string> = new Set(['understand', 'retrieve']);

/** The answer as plugins are told of it. */
export const answerOf = (turn: Turn, run: TurnRun): Answer =>
  deepFreeze({
    text: run.text,
    model: run.model ?? '',
    citations: run.citations.map(storedCitation),
    usage: run.usage,
    cache: run.cache,
    finishReason: run.finishReason,
    grounding: groundingOf(turn.passages),
    degraded: run.stages.some(({ stage, outcome }) => BEFORE_THE_MODEL.has(stage) && outcome !== 'OK'),
  });

/** The answer as judges read it. */
export function sampleOf(turn: Turn, run: TurnRun): Sample {
  const passages = turn.passages.length > 0 ? turn.passages : run.citations.map((citation) => citation.passage);
  const context = passages.length > 0 ? [...new Set(passages.map(({ text }) => text))] : null;
  return { query: turn.content, response: run.text, context, expected: null, history: whatWasSaid(turn), turn };
}
