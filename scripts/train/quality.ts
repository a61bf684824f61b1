/**
 * npm run train:quality: fits the offline judge's models and writes src/plugins/quality/learned/quality.json. It learns from the even
 * lines of the sets in the folder that EVALUATION_DATA names; nothing in it is random, so the same data gives the same file.
 */
import { writeFileSync } from 'node:fs';
import { COHERENCE_FEATURES, coherenceFeatures } from '../../src/plugins/quality/dimensions/coherence.ts';
import { COMPLETENESS_FEATURES, completenessFeatures } from '../../src/plugins/quality/dimensions/completeness.ts';
import { OVERALL_FEATURES, overallFeatures } from '../../src/plugins/quality/dimensions/overall.ts';
import { readQuestion } from '../../src/plugins/quality/dimensions/question.ts';
import { RELEVANCE_FEATURES, relevanceFeatures } from '../../src/plugins/quality/dimensions/relevance.ts';
import { knownFrom } from '../../src/plugins/quality/grounding/conflicts.ts';
import { readContext } from '../../src/plugins/quality/grounding/context.ts';
import { GROUNDING_FEATURES, ground } from '../../src/plugins/quality/grounding/features.ts';
import { type LogisticModel, probability } from '../../src/plugins/quality/logistic.ts';
import { QUALITY_FILE, type QualityModels } from '../../src/plugins/quality/models.ts';
import { alteredSentences, withOtherNumber } from './altered.ts';
import { type Example, fitLogistic } from './fit.ts';
import { folderOf, learned } from './lines.ts';
import { type JudgedAnswer, judgedAnswers } from './quality-sets.ts';
import { type Asked, askedQuestions } from './questions.ts';
import { COHERENCE_SIGNS, COMPLETENESS_SIGNS, GROUNDING_SIGNS, OVERALL_SIGNS, RELEVANCE_SIGNS } from './signs.ts';
import { spoiled } from './spoiled.ts';

const folder = folderOf('EVALUATION_DATA', 'the evaluation sets');
const answers = [...judgedAnswers(folder).values()].flatMap(learned);
const asked = askedQuestions(folder, learned);
const altered = ['retrieval_xquad_en', 'retrieval_xquad_zh', 'retrieval_cmrc2018_zh'].flatMap((set) =>
  alteredSentences(folder, set, 240),
);

/** Features of length alone, and so of the corpus. Only the overall score uses them. */
const LENGTHS = ['words', 'sentences', 'context words'];
/** The sum of weights of each set, so that a large one does not dominate a small one. */
const SHARE: Readonly<Record<JudgedAnswer['set'] | 'altered', number>> = {
  begin: 1.2,
  summedits: 1.2,
  qags_cnndm: 0.35,
  qags_xsum: 0.35,
  mtrag: 0.6,
  halluqa: 0.2,
  altered: 0.7,
};
/** The score of a good answer after a number was changed against its source. A convention. */
const CONTRADICTING = 0.1;
/** The score of a good answer that was made incoherent. A convention: no set has such a label. */
const SPOILED = 0.3;

const counts = Map.groupBy(answers, ({ set }) => set);
const weightOf = (set: JudgedAnswer['set']) => (1000 * SHARE[set]) / (counts.get(set)?.length ?? 1);

const measured = answers.map(
  (answer) =>
    ground(answer.response, readContext(answer.context), knownFrom(`${answer.history}\n${answer.query}`)).features,
);
const groundedness = fitLogistic(
  [
    ...answers.map(
      (answer, index): Example => ({
        features: measured[index] as number[],
        label: answer.grounded,
        weight: weightOf(answer.set),
      }),
    ),
    ...altered.map(
      ({ passage, sentence, kind }): Example => ({
        features: ground(sentence, readContext([passage]), knownFrom('')).features,
        label: kind === 'same' ? 1 : 0,
        weight: (1000 * SHARE.altered) / altered.length,
      }),
    ),
  ],
  { features: GROUNDING_FEATURES, signs: GROUNDING_SIGNS, without: LENGTHS, penalty: 0.03 },
);

const contextOf = (texts: readonly string[] | null) => (texts ? readContext(texts) : null);
const bearing = asked.map(({ query, response, context }) =>
  relevanceFeatures(readQuestion(query), response, contextOf(context)),
);
const askedCounts = Map.groupBy(asked, ({ set }) => set);
const askedWeight = ({ set }: Asked) => 1000 / Math.sqrt(askedCounts.get(set)?.length ?? 1);
const relevance = fitLogistic(
  asked.map(
    (one, index): Example => ({ features: bearing[index] as number[], label: one.label, weight: askedWeight(one) }),
  ),
  { features: RELEVANCE_FEATURES, signs: RELEVANCE_SIGNS, penalty: 0.001 },
);

const completeness = fitLogistic(completenessExamples(), {
  features: COMPLETENESS_FEATURES,
  signs: COMPLETENESS_SIGNS,
  penalty: 0.01,
});
const coherence = fitLogistic(
  answers
    .filter(({ set }) => set === 'mtrag' || set === 'halluqa')
    .flatMap(({ set, response }, index): Example[] => [
      { features: coherenceFeatures(response), label: 1, weight: set === 'mtrag' ? 6 : 1 },
      { features: coherenceFeatures(spoiled(response, index)), label: 0, weight: set === 'mtrag' ? 3 : 0.5 },
    ]),
  { features: COHERENCE_FEATURES, signs: COHERENCE_SIGNS, penalty: 0.003 },
);

const overall = fitLogistic(overallExamples(), { features: OVERALL_FEATURES, signs: OVERALL_SIGNS, penalty: 0.001 });
const models: QualityModels = { groundedness, relevance, completeness, coherence, overall };
writeFileSync(
  QUALITY_FILE,
  `${JSON.stringify(models, null, 1)
    .replace(/\n {3,}(?=[-"\d])/g, ' ')
    .replace(/\n {2}\]/g, ']')}\n`,
);
console.log(
  `learned from ${answers.length} judged answers, ${asked.length} questions, ${altered.length} altered sentences`,
);
for (const [name, model] of Object.entries(models)) console.log(`${name}: ${describe(model)}`);

function completenessExamples(): Example[] {
  const features = (query: string, response: string, context: readonly string[] | null) => {
    const [question, sources] = [readQuestion(query), contextOf(context)];
    const relevant = probability(relevance, relevanceFeatures(question, response, sources));
    return completenessFeatures(question, { query, response, relevance: relevant }, sources);
  };
  return [
    ...answers.flatMap(({ set, query, response, context, complete }): Example[] => {
      if (set === 'halluqa')
        return [
          { features: features(query, response, null), label: 0.8, weight: 0.3 },
          { features: features(query, half(response), null), label: 0.3, weight: 0.3 },
        ];
      if (complete === undefined) return [];
      return [
        { features: features(query, response, context), label: complete, weight: 6 },
        { features: features(query, half(response), context), label: complete / 2, weight: 1 },
        { features: features(query, response, null), label: complete, weight: 2 },
      ];
    }),
    // A phrase answers these questions completely.
    ...asked
      .filter(({ near }, index) => !near && index % 4 === 0)
      .map(
        ({ query, response, context, label }): Example => ({
          features: features(query, response, context),
          label: 0.1 + 0.75 * label,
          weight: 0.3,
        }),
      ),
  ];
}

function overallExamples(): Example[] {
  const score = (query: string, response: string, texts: readonly string[] | null, history: string) => {
    const context = contextOf(texts);
    const question = readQuestion(query);
    const { features } = ground(response, context ?? readContext([]), knownFrom(`${history}\n${query}`));
    const relevant = probability(relevance, relevanceFeatures(question, response, context));
    return overallFeatures(
      {
        groundedness: context ? probability(groundedness, features) : null,
        relevance: relevant,
        completeness: probability(
          completeness,
          completenessFeatures(question, { query, response, relevance: relevant }, context),
        ),
        coherence: probability(coherence, coherenceFeatures(response)),
      },
      (name) => features[GROUNDING_FEATURES.indexOf(name as (typeof GROUNDING_FEATURES)[number])] ?? 0,
    );
  };
  return [
    ...answers.map(
      ({ query, response, context, history, good, set }): Example => ({
        features: score(query, response, context, history),
        label: good,
        weight: 300 / (counts.get(set)?.length ?? 1),
      }),
    ),
    ...answers
      .filter(({ set }) => set === 'mtrag' || set === 'halluqa')
      .map(
        ({ query, response, context, history, good }, index): Example => ({
          features: score(query, spoiled(response, index), context, history),
          label: good * SPOILED,
          weight: 0.2,
        }),
      ),
    ...asked.flatMap(({ query, response, context, label }, index): Example[] => {
      const changed = label === 1 && context && withOtherNumber(response, context.join('\n'), index);
      return changed ? [{ features: score(query, changed, context, ''), label: CONTRADICTING, weight: 0.5 }] : [];
    }),
    ...asked
      .filter(({ near }, index) => !near && index % 4 === 0)
      .map(
        ({ query, response, context, label }): Example => ({
          features: score(query, response, context, ''),
          label: 0.05 + 0.9 * label,
          weight: 0.3,
        }),
      ),
  ];
}

/** Cut off in the middle. */
function half(response: string): string {
  return response.slice(0, Math.ceil(response.length / 2));
}

function describe({ features, weights }: LogisticModel): string {
  return features.map((name, index) => `${name} ${(weights[index] as number).toFixed(2)}`).join(', ');
}
