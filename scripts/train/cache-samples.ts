/** Labelled questions for the cache's semantic level: what the gates leave of each, as features. */
import { type CachePair, cachePairs, twinClasses } from '../../bench/support/cache-pairs.ts';
import { exchanged, wordsOf } from '../../bench/support/exchanged-words.ts';
import { type NearMiss, sameMeaning } from '../../bench/support/near-misses.ts';
import { builtInEncoder } from '../../src/adapters/encoder/index.ts';
import { sentences } from '../../src/core/text/sentences.ts';
import { compareMessages } from '../../src/plugins/cache/semantic/compare.ts';
import { dot, evidenceOf } from '../../src/plugins/cache/semantic/evidence.ts';
import { inputsOf } from '../../src/plugins/cache/semantic/score.ts';
import { type Message, readMessage } from '../../src/plugins/cache/semantic/utterance.ts';
import { seeded } from '../../test/support/random.ts';
import { jsonLines } from './lines.ts';

export interface Found {
  /** Of each known message whose gates are open. */
  readonly features: readonly (readonly number[])[];
  /** The known message that was taken for the same word by word. */
  readonly same: string | null;
  readonly texts: readonly string[];
  readonly fold: number;
}

/** Known messages that each question is compared with, the nearest first, as the cache does. */
const COMPARED = 12;
/** Two sentences this near may say the same, whatever their labels are. */
const MAY_BE_SAME = 0.85;
/** UTF-16 code units. */
const LEAST_SENTENCE = 30;
const FOLDS = 5;
/** Of each rewording. */
const EXCHANGES = 4;
/** Questions of each set of intents. */
const MOST_QUESTIONS = 1_500;

interface Labelled {
  readonly text: string;
  readonly label: unknown;
}

export class CacheSamples {
  readonly positives: Found[] = [];
  readonly negatives: Found[] = [];
  /** Rewordings in which one word was exchanged. */
  readonly exchanged: Found[] = [];
  /** Of pairs that say the same, hand-written: whether that is told word by word. */
  readonly sameRight: boolean[] = [];
  readonly #data: string;
  readonly #encoder = builtInEncoder();
  readonly #random = seeded(5);

  constructor(data: string) {
    this.#data = data;
  }

  async collect(nearMisses: readonly NearMiss[], half = 0): Promise<void> {
    await this.#gptCache(half);
    for (const set of ['intent_clinc150_en', 'intent_banking77_en'])
      await this.#otherIntents(
        jsonLines<Record<string, unknown>>(this.#data, `${set}/train.jsonl`)
          .map((line) => ({ text: String(line['text']), label: line['intent'] ?? line['label'] }))
          .filter((_, line, all) => line % Math.ceil(all.length / MOST_QUESTIONS) === 0),
      );
    await this.#otherIntents(
      jsonLines<{ readonly text: string }>(this.#data, 'retrieval_xquad_en/corpus.jsonl')
        .flatMap(({ text }) => sentences(text).map(({ start, end }) => text.slice(start, end).trim()))
        .filter((sentence) => sentence.length > LEAST_SENTENCE)
        .map((text) => ({ text, label: text })),
    );
    for (const [place, { one, other }] of nearMisses.entries())
      this.negatives.push(await this.#found(one, [other], place));
    for (const [one, other] of sameMeaning) this.sameRight.push((await this.#found(one, [other], 0)).same !== null);
    await this.#encoder.stop();
  }

  async #gptCache(half: number): Promise<void> {
    const all = cachePairs(this.#data);
    const classes = twinClasses(all);
    const lines = all.flatMap((pair, line) => (line % 2 === half ? [{ ...pair, twins: classes[line] }] : []));
    const vectorsOf = (text: (pair: CachePair) => string) => this.#embed(lines.map(text));
    const [cached, queries] = [await vectorsOf(({ cached }) => cached), await vectorsOf(({ query }) => query)];
    const vocabulary = wordsOf(lines.flatMap(({ cached, query }) => [cached, query]));
    for (const [place, line] of lines.entries()) {
      this.positives.push(await this.#found(line.query, [line.cached], place));
      const others = lines
        .map((other, at) => ({
          other,
          near: dot(queries[place] ?? NONE, cached[at] ?? NONE),
          alike: dot(cached[place] ?? NONE, cached[at] ?? NONE),
        }))
        .filter(({ other, alike }) => other.twins !== line.twins && alike < MAY_BE_SAME)
        .sort((a, b) => b.near - a.near)
        .slice(0, COMPARED);
      this.negatives.push(
        await this.#found(
          line.query,
          others.map(({ other }) => other.cached),
          place,
        ),
      );
      const changed = (text: string, count: number) =>
        exchanged(text, line.cached, { vocabulary, random: this.#random, count });
      for (const text of [...changed(line.cached, 2), ...changed(line.cached, 1).flatMap((once) => changed(once, 1))])
        this.negatives.push(await this.#found(text, [line.cached], place));
      for (const text of changed(line.query, EXCHANGES))
        this.exchanged.push(await this.#found(text, [line.cached], place));
    }
  }

  /** Two questions of different intents never ask the same, nor do two sentences of an encyclopedia say it. */
  async #otherIntents(lines: readonly Labelled[]): Promise<void> {
    const vectors = await this.#embed(lines.map(({ text }) => text));
    for (const [place, { text, label }] of lines.entries()) {
      const near = lines
        .map((other, at) => ({
          other,
          similarity: other.label === label ? 0 : dot(vectors[place] ?? NONE, vectors[at] ?? NONE),
        }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, COMPARED);
      this.negatives.push(
        await this.#found(
          text,
          near.map(({ other }) => other.text),
          place,
        ),
      );
    }
  }

  async #found(asked: string, known: readonly string[], group: number): Promise<Found> {
    const message = readMessage(asked);
    const compared = known.map((text) => ({ text, how: compareMessages(message, readMessage(text)) }));
    const features: number[][] = [];
    for (const { text, how } of compared)
      if (how.kind === 'REWORDED') {
        const [one = NONE, other = NONE] = await this.#embed([asked, text]);
        const evidence = await evidenceOf(
          {
            rewording: how.rewording,
            texts: { asked, known: text },
            similarity: dot(one, other),
            likeTo: { asked: (vector) => dot(one, vector), known: (vector) => dot(other, vector) },
          },
          (words) => this.#embed(words),
        );
        features.push(inputsOf(how.rewording, evidence));
      }
    const same = compared.find(({ how }) => how.kind === 'SAME')?.text;
    return {
      features,
      same: same === undefined ? null : `${asked} | ${same}`,
      texts: [asked, ...known.slice(0, 1)],
      fold: group % FOLDS,
    };
  }

  #embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return this.#encoder.embed(texts, new AbortController().signal, 'query');
  }
}

/** An encoder answers each text with a vector. */
const NONE = new Float32Array();

export type { Message };
