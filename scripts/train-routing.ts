/**
 * `npm run train:routing` (development; EVALUATION_DATA): learns which questions a strong model gets right where a light one does
 * not, from the even lines of RouteLLM's MMLU and GSM8K data, and writes src/plugins/routing/routing.json: weights of words (logistic
 * regression) and of the sentence vector (ridge regression). The penalty is the one with the best APGR in cross-validation over
 * those lines. Deterministic.
 */
import { writeFileSync } from 'node:fs';
import { folderOf, jsonLines, learned } from './train/lines.ts';
import { choices, type Line, learn } from './training/routing/learn.ts';
import { withVectors } from './training/routing/vectors.ts';

const lines = learned(
  jsonLines<Line>(folderOf('EVALUATION_DATA', 'routing_routellm_en/dev.jsonl'), 'routing_routellm_en/dev.jsonl'),
);
const examples = await withVectors(lines);
const all = choices(examples);
for (const { penalty, lengthWeight, apgr } of all)
  console.log(
    `penalty ${penalty}, length ${lengthWeight}: cross-validated APGR MMLU ${apgr[0].toFixed(3)}, GSM8K ${apgr[1].toFixed(3)}`,
  );
const [best] = all;
if (!best) throw new Error('there is no choice');
writeFileSync(
  new URL('../src/plugins/routing/routing.json', import.meta.url),
  `${JSON.stringify(learn(examples, best))}\n`,
);
console.log(`${examples.length} questions; penalty ${best.penalty}, length ${best.lengthWeight}`);
