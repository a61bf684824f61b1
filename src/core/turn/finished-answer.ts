import { deepFreeze } from '../runtime/freeze.ts';
import type { Answer, Turn } from '../turn.ts';
import { groundingOf } from './grounding.ts';
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
