/** Features that tell whether a message opens a new topic: its words against those of the last messages. */
import { FeatureBuilder, type Features } from '../classifier/features.ts';
import { isCjkToken, tokensOf } from '../classifier/tokens.ts';
import type { PastMessage } from './past.ts';
import { isStopWord, stemOf } from './words.ts';

/** The features of a message after `past`, oldest first. Words are grouped by whether earlier messages contain them. */
export function shiftFeatures(message: string, past: readonly PastMessage[]): Features {
  const builder = new FeatureBuilder();
  const tokens = tokensOf(message);
  const [last, second, ...older] = [...past].reverse().map((one) => one.tokens);
  const units = unitsOf(tokens);
  const [lastUnits, secondUnits] = [new Set(unitsOf(last ?? [])), new Set(unitsOf(second ?? []))];
  for (const unit of units) {
    builder.add(`here:${unit}`);
    builder.add(lastUnits.has(unit) ? `last:${unit}` : secondUnits.has(unit) ? `second:${unit}` : `new:${unit}`);
  }
  const here = new Set(units);
  for (const unit of lastUnits) if (!here.has(unit)) builder.add(`gone:${unit}`, 0.5);
  addFigures(builder, tokens, [last ?? [], second ?? [], older.flat()]);
  const [asks, answers] = [/\?/.test(tokens.join('')), last?.includes('?') ?? false];
  const language = tokens.some(isCjkToken) ? 'cjk' : 'other';
  return builder
    .figure(`${language} asks ${asks} after question ${answers}`, 1)
    .figure(language, 1)
    .figure(`${language} messages before`, Math.min(1, past.length / 10))
    .build();
}

/** Words and pairs of words. */
const unitsOf = (tokens: readonly string[]): string[] => [
  ...tokens,
  ...tokens.slice(1).map((token, at) => `${tokens[at]} ${token}`),
];

/** The shares of the message's words in the last message, in the one before, and in older ones. */
function addFigures(builder: FeatureBuilder, tokens: readonly string[], before: readonly (readonly string[])[]): void {
  const content = contentOf(tokens);
  const sets = before.map((words) => new Set(contentOf(words)));
  const language = tokens.some(isCjkToken) ? 'cjk' : 'other';
  for (const [place, words] of sets.entries())
    builder.figure(
      `${language} shared ${place}`,
      content.filter((word) => words.has(word)).length / Math.max(1, content.length),
    );
  const nothing = content.every((word) => !sets[0]?.has(word) && !sets[1]?.has(word));
  builder
    .figure(`${language} nothing shared`, nothing ? 1 : 0)
    .figure(`${language} words`, Math.min(3, Math.log1p(content.length)))
    .figure(`${language} words before`, Math.min(3, Math.log1p(before[0]?.length ?? 0)));
}

const contentOf = (tokens: readonly string[]): string[] =>
  tokens.filter((token) => !isStopWord(token) && !/[?!]/.test(token)).map(stemOf);
