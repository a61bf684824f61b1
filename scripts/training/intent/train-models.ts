/** The three classifiers of the plugin `intent`: type of a message, topic shift, and whether it leans on the messages before. */
import type { ChatMessage } from '#core/turn.ts';
import type { Features } from '../../../src/plugins/intent/classifier/features.ts';
import type { LinearModel } from '../../../src/plugins/intent/classifier/linear-model.ts';
import { type Example, train } from '../../../src/plugins/intent/classifier/train.ts';
import { ACTS, actFeatures } from '../../../src/plugins/intent/dialogue/acts.ts';
import { contextFeatures } from '../../../src/plugins/intent/dialogue/context-features.ts';
import { type PastMessage, pastOf } from '../../../src/plugins/intent/dialogue/past.ts';
import { shiftFeatures } from '../../../src/plugins/intent/dialogue/shift-features.ts';
import { type IntentType, TYPES, typeFeatures } from '../../../src/plugins/intent/dialogue/types.ts';
import { type Dialogue, dialogues } from './dialogues.ts';
import { type Phrase, readPhrases } from './read-phrases.ts';
import { assistantTypes, type Case, cast, crossWoz, promptShifts, promptTypes, tiage } from './sources.ts';

/** Epochs and rates were chosen by cross-validation over dialogues of the training lines. */
const SHIFT_OPTIONS = {
  leastExamples: 3,
  loss: 'sigmoid',
  epochs: 4,
  learningRate: 0.3,
  idfPower: 0,
  l2: 1e-4,
} as const;
const CONTEXT_OPTIONS = { loss: 'sigmoid', epochs: 60, learningRate: 0.1, l2: 1e-2 } as const;
const ACT_OPTIONS = {
  loss: 'sigmoid',
  scaling: 'none',
  leastExamples: 3,
  epochs: 8,
  learningRate: 0.3,
  idfPower: 0,
  l2: 1e-4,
} as const;
const TYPE_OPTIONS = { leastExamples: 3, epochs: 6, learningRate: 0.3, idfPower: 0.5, l2: 1e-5 } as const;

type FeaturesOf = (message: string, past: readonly PastMessage[]) => Features;

const yesOrNo = (cases: readonly Case<boolean>[], features: FeaturesOf, weight = 1): Example[] =>
  cases.map(({ text, history, answer }) => ({
    features: features(text, pastOf(history)),
    labels: answer ? [0] : [],
    weight,
  }));

/** The weight of a composed conversation against a real one. English has real ones of this kind. */
const MADE_WEIGHT = { en: 0.15, zh: 0.5 } as const;
const made = (answer: keyof Dialogue['answer'], features: FeaturesOf): Example[] =>
  (['en', 'zh'] as const).flatMap((language) => {
    const cases = dialogues(language).map((one) => ({ ...one, answer: one.answer[answer] }));
    return yesOrNo(cases, features, MADE_WEIGHT[language]);
  });

export function trainShift(folder: string): LinearModel {
  const crossing = crossWoz(folder, 'even').flatMap(({ answer: { switches }, ...rest }) =>
    switches === null ? [] : [{ ...rest, answer: switches }],
  );
  const cases = [...tiage(folder, 'train'), ...crossing, ...promptShifts(folder, 'even')];
  return train(['shift'], [...yesOrNo(cases, shiftFeatures), ...made('shift', shiftFeatures)], SHIFT_OPTIONS);
}

export function trainContext(folder: string): LinearModel {
  const cases = cast(folder, 'even').map(({ answer, ...rest }) => ({ ...rest, answer: answer.leans }));
  return train(['leans'], [...yesOrNo(cases, contextFeatures), ...made('leans', contextFeatures)], CONTEXT_OPTIONS);
}

/** Goes on from `from` where it is given: the same acts in other conversations. */
export function trainActs(cases: ReturnType<typeof crossWoz>, from?: LinearModel): LinearModel {
  const examples = cases.map(
    ({ text, history, answer }): Example => ({
      features: actFeatures(text, pastOf(history)),
      labels: ACTS.flatMap((act, place) => (answer.acts.includes(act) ? [place] : [])),
    }),
  );
  return train(ACTS, examples, from ? { ...ACT_OPTIONS, from } : ACT_OPTIONS);
}

const ANY_HISTORY: readonly ChatMessage[] = [
  { role: 'USER', content: 'Tell me about it.' },
  { role: 'ASSISTANT', content: 'Here is an answer.' },
];

/** Phrases that need a conversation before them stand twice, once without, at half the weight: histories are cut. */
export function phraseCases(phrase: Phrase): (Case<IntentType> & { readonly weight: number })[] {
  const rest = { text: phrase.text, answer: phrase.type as IntentType, group: `${phrase.type} ${phrase.template}` };
  return [
    { ...rest, history: ANY_HISTORY, weight: 1 },
    { ...rest, history: [], weight: phrase.history === '+' ? 0.5 : 1 },
  ];
}

export function trainTypes(folder: string, phrases = [...readPhrases('en'), ...readPhrases('zh')]): LinearModel {
  const real = [...promptTypes(folder, 'even'), ...assistantTypes(folder, 'even')].map((one) => ({
    ...one,
    weight: 1,
  }));
  const cases = [...phrases.flatMap(phraseCases), ...real];
  const counts = Map.groupBy(cases, ({ answer }) => answer);
  const examples = cases.map(({ text, history, answer, weight }): Example => {
    // Types with few examples count more, by the root of the share.
    const balance = Math.sqrt(cases.length / TYPES.length / (counts.get(answer)?.length ?? 1));
    return {
      features: typeFeatures(text, pastOf(history)),
      labels: [TYPES.indexOf(answer)],
      weight: weight * balance,
    };
  });
  return train(TYPES, examples, TYPE_OPTIONS);
}
