/** The offline analysis of a message: type, topic, topic shift, standalone query. Pure, about 0.3 ms. */
import type { ChatMessage, IntentAnalysis } from '#core/turn.ts';
import { indexOfHighest, predict } from './classifier/linear-model.ts';
import { readable } from './classifier/tokens.ts';
import { contextFeatures } from './dialogue/context-features.ts';
import { cuesOf } from './dialogue/cues.ts';
import { type PastMessage, pastOf } from './dialogue/past.ts';
import { shiftFeatures } from './dialogue/shift-features.ts';
import { antecedentOf, standaloneOf, withTopic } from './dialogue/standalone.ts';
import { topicOf } from './dialogue/topic.ts';
import { type IntentType, TYPES, typeFeatures } from './dialogue/types.ts';
import type { GeneralModels } from './general-models.ts';
import { OUT_OF_SCOPE } from './labels/labelled-text.ts';
import { classify, type TeamClassifier } from './labels/team-classifier.ts';

export interface Question {
  readonly content: string;
  readonly history: readonly ChatMessage[];
  /** The conversation's topic before this message. */
  readonly topic: string | null;
  readonly previousIntent: IntentAnalysis | null;
}

/** Probabilities from which on a message opens a topic, and leans on others; chosen by cross-validation on training lines. */
export const SHIFT_FROM = 0.25;
export const LEANS_FROM = 0.4;
/** A message that leans on others this surely opens no topic, whatever its words. */
const SURELY_LEANS_FROM = 0.8;
/** A question that opens a topic this surely is a topic_switch. */
const SWITCH_FROM = 0.5;
/** A team's label of less confidence is out of scope. */
const IN_SCOPE_FROM = 0.5;
/** The types that a team's labels take the place of. */
export const REPLACED: ReadonlySet<string> = new Set<IntentType>(['new_task', 'question', 'command']);
/** What names a thing to talk about. */
const NAMES_TOPIC: ReadonlySet<string> = new Set<IntentType>(['new_task', 'question', 'topic_switch']);
const NEEDS_REWRITE: ReadonlySet<string> = new Set<IntentType>(['question', 'task_continuation']);
/** Longer messages say what they mean. UTF-16 code units. */
const LONGEST_REWRITTEN = 400;

/** What the two dialogue classifiers say, 0..1 each. */
export interface DialogueScores {
  readonly shift: number;
  readonly leans: number;
}

export class IntentAnalyser {
  readonly #models: GeneralModels;
  readonly #team: () => TeamClassifier | null;

  /** `team` answers null while its labels are being learned. */
  constructor(models: GeneralModels, team: () => TeamClassifier | null = () => null) {
    this.#models = models;
    this.#team = team;
  }

  analyse({ content, history, topic: topicBefore, previousIntent }: Question): IntentAnalysis {
    const past = pastOf(history);
    const general = this.#type(content, past);
    const { shift, leans } = this.scores(content, past);
    const topic = topicBefore ?? previousIntent?.topic ?? antecedentOf(past, null)?.phrase ?? null;
    const switches = general.type === 'topic_switch';
    const opens = shift >= SHIFT_FROM && leans < SURELY_LEANS_FROM && NAMES_TOPIC.has(general.type);
    const topicShift = topic !== null && (switches || opens);
    const { type, confidence } = this.#labelled(content, switched(general, topicShift ? shift : 0));
    const phrase = NAMES_TOPIC.has(general.type) ? topicOf(content) : null;
    const rewrites =
      leans >= LEANS_FROM && !topicShift && NEEDS_REWRITE.has(general.type) && content.length <= LONGEST_REWRITTEN;
    return {
      type,
      confidence,
      topic: topicShift ? (phrase ?? topic) : (topic ?? phrase),
      topicShift,
      standaloneQuery: !rewrites
        ? content
        : general.type === 'question'
          ? standaloneOf(content, past, topic)
          : withTopic(content, past, topic),
      signals: [
        ...(type === general.type ? [] : [`type:${general.type}`]),
        ...cuesOf(readable(content).trim().toLowerCase()).map((cue) => `cue:${cue}`),
        ...(leans >= LEANS_FROM ? ['leans_on_history'] : []),
      ],
    };
  }

  /** Without messages before it nothing is left and nothing leaned on. */
  scores(content: string, past: readonly PastMessage[]): DialogueScores {
    if (past.length === 0) return { shift: 0, leans: 0 };
    const { shift, context } = this.#models;
    return {
      shift: predict(shift, shiftFeatures(content, past)).probabilities[0] ?? 0,
      leans: predict(context, contextFeatures(content, past)).probabilities[0] ?? 0,
    };
  }

  #type(content: string, past: readonly PastMessage[]): Typed {
    const { probabilities } = predict(this.#models.types, typeFeatures(content, past));
    const best = indexOfHighest(probabilities);
    return { type: TYPES[best] ?? 'question', confidence: probabilities[best] ?? 0 };
  }

  /** The team's label, where it stands for the general type or is surer than that. */
  #labelled(content: string, general: Typed): Typed {
    const team = this.#team();
    if (!team) return general;
    const { label, confidence } = classify(team, content);
    const replaced = REPLACED.has(general.type) || (general.type === 'topic_switch' && general.implied === true);
    if (confidence >= IN_SCOPE_FROM && (replaced || confidence > general.confidence))
      return { type: label, confidence };
    return replaced ? { type: OUT_OF_SCOPE, confidence: 1 - confidence } : general;
  }
}

interface Typed {
  readonly type: string;
  readonly confidence: number;
  /** True where the words do not say so, only the change of topic. */
  readonly implied?: boolean;
}

/** A plain question about something else switches the topic. */
const switched = (general: Typed, shift: number): Typed =>
  general.type === 'question' && shift >= SWITCH_FROM
    ? { type: 'topic_switch', confidence: shift, implied: true }
    : general;
