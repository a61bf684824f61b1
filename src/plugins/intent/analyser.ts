/** The offline analysis of a message: type, topic, topic shift, standalone query. Pure, about 0.3 ms. */
import type { ChatMessage, IntentAnalysis } from '#core/turn.ts';
import { indexOfHighest, predict } from './classifier/linear-model.ts';
import { ACTS, actFeatures } from './dialogue/acts.ts';
import { contextFeatures } from './dialogue/context-features.ts';
import { type Cue, cuesOfMessage } from './dialogue/cues.ts';
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
  /** Of the content, by the built-in encoder; only a team's classifier reads it. */
  readonly vector?: Float32Array | null;
}

/** Probabilities from which on a message opens a topic, and leans on others; chosen by cross-validation on training lines. */
export const SHIFT_FROM = 0.25;
export const LEANS_FROM = 0.4;
/** A message that depends on earlier ones this surely opens no topic, independent of its words. */
const SURELY_LEANS_FROM = 0.8;
/** A question that opens a topic this surely is a topic_switch. */
const SWITCH_FROM = 0.5;
/** A team's label of less confidence is out of scope; chosen on the train lines of CLINC150 (.937 right in scope, .82 of the strangers found). */
export const IN_SCOPE_FROM = 0.3;
/** Types for which many teams have labels of their own, such as greet and goodbye: theirs hold from this confidence on. */
const LABELLED_FROM = 0.5;
const OFTEN_LABELLED: ReadonlySet<string> = new Set<IntentType>(['small_talk', 'farewell']);
/** The types that a team's labels take the place of. */
export const REPLACED: ReadonlySet<string> = new Set<IntentType>(['new_task', 'question', 'command']);
/** The types of messages that name a topic. */
const NAMES_TOPIC: ReadonlySet<string> = new Set<IntentType>(['new_task', 'question', 'topic_switch']);
const SURE_OF_ACT = 0.9;
const CJK = /\p{Script=Han}/u;
const FOLLOWS: ReadonlySet<string> = new Set<IntentType>([
  'task_continuation',
  'clarification',
  'correction',
  'farewell',
]);
/** Cues of messages that continue the conversation. Other English statements may open a topic, as in chit-chat. */
const GOES_ON: ReadonlySet<string> = new Set<Cue>([
  'continues',
  'edits',
  'clarifies',
  'corrects',
  'judges',
  'leaves',
  'confirms',
  'orders',
]);
/** Longer messages are complete by themselves. UTF-16 code units. */
const LONGEST_REWRITTEN = 400;

/** The scores of the two dialogue classifiers, 0..1 each. */
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

  analyse(question: Question): IntentAnalysis {
    const { content, history } = question;
    const past = pastOf(history);
    const general = this.#type(content, past);
    const scores = this.scores(content, past);
    const cues = cuesOfMessage(content);
    const { before, topic, topicShift } = topicAfter(question, past, general, scores, cues);
    const { type, confidence } = this.#labelled(question, switched(general, topicShift ? scores.shift : 0));
    const leans = scores.leans >= LEANS_FROM;
    return {
      type,
      confidence,
      topic,
      topicShift,
      standaloneQuery: leans && !topicShift ? inFull(content, past, before, general.type) : content,
      signals: [
        ...(type === general.type ? [] : [`type:${general.type}`]),
        ...cues.map((cue) => `cue:${cue}`),
        ...(leans ? ['leans_on_history'] : []),
        ...this.#acts(content, past),
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

  /** Acts of a Chinese turn of which the classifier is sure: it knows service conversations alone. */
  #acts(content: string, past: readonly PastMessage[]): string[] {
    if (!CJK.test(content)) return [];
    const { probabilities } = predict(this.#models.acts, actFeatures(content, past));
    return ACTS.filter((_, place) => (probabilities[place] ?? 0) >= SURE_OF_ACT).map(
      (act) => `act:${act.toLowerCase()}`,
    );
  }

  /** The team's label, where it takes the place of the general type or is surer than that. */
  #labelled({ content, vector }: Question, general: Typed): Typed {
    const team = this.#team();
    if (!team) return general;
    const { label, confidence } = classify(team, content, vector);
    const replaced = REPLACED.has(general.type) || (general.type === 'topic_switch' && general.implied === true);
    const least = replaced ? IN_SCOPE_FROM : OFTEN_LABELLED.has(general.type) ? LABELLED_FROM : general.confidence;
    if (confidence >= least) return { type: label, confidence };
    return replaced ? { type: OUT_OF_SCOPE, confidence: 1 - confidence } : general;
  }
}

function inFull(content: string, past: readonly PastMessage[], topic: string | null, type: string): string {
  if (content.length > LONGEST_REWRITTEN) return content;
  if (type === 'question') return standaloneOf(content, past, topic);
  return type === 'task_continuation' ? withTopic(content, past, topic) : content;
}

interface TopicAfter {
  readonly before: string | null;
  readonly topic: string | null;
  readonly topicShift: boolean;
}

/** The topic before and after a message. A shift without a name, as of `let's change the subject`, leaves it open: the next message names it. */
function topicAfter(
  { content, topic, previousIntent }: Question,
  past: readonly PastMessage[],
  { type }: Typed,
  { shift, leans }: DialogueScores,
  cues: readonly string[],
): TopicAfter {
  const open = previousIntent?.topicShift === true && previousIntent.topic === null;
  const before = topic ?? previousIntent?.topic ?? antecedentOf(past, null)?.phrase ?? null;
  const states = (!CJK.test(content) || !FOLLOWS.has(type)) && !cues.some((cue) => GOES_ON.has(cue));
  const phrase = NAMES_TOPIC.has(type) || states ? topicOf(content) : null;
  if (before === null) return { before, topic: NAMES_TOPIC.has(type) ? phrase : null, topicShift: false };
  if (type === 'topic_switch') return { before, topic: phrase, topicShift: true };
  const opens = open || (shift >= SHIFT_FROM && (leans < SURELY_LEANS_FROM || shift >= SWITCH_FROM));
  const other = phrase !== null && phrase.toLowerCase() !== before.toLowerCase();
  return opens && other ? { before, topic: phrase, topicShift: true } : { before, topic: before, topicShift: false };
}

interface Typed {
  readonly type: string;
  readonly confidence: number;
  /** True if only the change of topic shows it, not the words. */
  readonly implied?: boolean;
}

/** A plain question about something else switches the topic. */
const switched = (general: Typed, shift: number): Typed =>
  general.type === 'question' && shift >= SWITCH_FROM
    ? { type: 'topic_switch', confidence: shift, implied: true }
    : general;
