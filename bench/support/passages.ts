/** Passages made up of words that come as often as words do (Zipf), by topics, with unit vectors near their topic's: the same each time. */
import type { PluginContext } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import { seeded } from '../../test/support/random.ts';

const WORDS = 60_000;
const TOPICS = 200;
export const DIMENSIONS = 512;

const next = seeded(5);
const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ter',
  'su',
  'ran',
  'dek',
  'po',
  'vi',
  'nel',
  'gra',
  'tho',
  'qui',
  'ba',
  'shen',
  'or',
];
const words = Array.from({ length: WORDS }, (_, rank) => {
  let word = '';
  for (let rest = rank + 16; rest > 0; rest = Math.floor(rest / 16)) word += SYLLABLES[rest % 16];
  return word;
});
const gauss = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const centres = Array.from({ length: TOPICS }, () => unit(Float32Array.from({ length: DIMENSIONS }, gauss)));

/** By Zipf's law; one word in three is the topic's own. */
function wordOf(topic: number): string {
  const rank = Math.floor(WORDS ** next()) - 1;
  return words[next() < 0.33 ? (rank * 31 + topic * 997) % WORDS : rank] as string;
}
const textOf = (topic: number, length: number) => Array.from({ length }, () => wordOf(topic)).join(' ');
/** About 0.6 from any other of its topic, as passages of real models are. */
const vectorOf = (topic: number) =>
  unit((centres[topic] as Float32Array).map((value) => value + (0.8 * gauss()) / Math.sqrt(DIMENSIONS)));

export interface Corpus {
  readonly passages: readonly IndexedPassage[];
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly queries: readonly { readonly query: string; readonly vector: Float32Array; readonly viewer: string }[];
}

/** Documents belong to the viewers in turn; each searches its own. */
export function corpusOf(size: number, viewers: number): Corpus {
  const vectors = new Map<string, Float32Array>();
  const passages = Array.from({ length: size }, (_, place): IndexedPassage => {
    const topic = place % TOPICS;
    const text = `Passage ${place}. ${Array.from({ length: 8 }, () => `${textOf(topic, 14)}.`).join(' ')}`;
    const id = `passage-${place}`;
    vectors.set(id, vectorOf(topic));
    return {
      id,
      documentId: `document-${Math.floor(place / 20)}`,
      documentTitle: `Document ${Math.floor(place / 20)}`,
      heading: null,
      start: 0,
      end: text.length,
      text,
      viewerId: `viewer-${Math.floor(place / 20) % viewers}`,
      tenant: 'home',
      shared: false,
    };
  });
  const queries = Array.from({ length: 300 }, (_, place) => {
    const topic = (place * 37) % TOPICS;
    return { query: `What of ${textOf(topic, 6)}?`, vector: vectorOf(topic), viewer: `viewer-${topic % viewers}` };
  });
  return { passages, vectors, queries };
}

/** The ids of a viewer's passages nearest to the query, best first, by comparing all of them in full. */
export function nearestOf(
  { passages, vectors }: Corpus,
  { vector, viewer }: Corpus['queries'][number],
  count: number,
): string[] {
  const dot = (other: Float32Array) => vector.reduce((sum, value, place) => sum + value * (other[place] as number), 0);
  return passages
    .filter(({ viewerId }) => viewerId === viewer)
    .map(({ id }) => ({ id, score: dot(vectors.get(id) as Float32Array) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ id }) => id);
}

/** The store's feed of a corpus, which can be lengthened. */
export function feedOf(corpus: Corpus): PluginContext['passages'] & {
  /** Changes. */
  readonly size: number;
  add(passages: readonly IndexedPassage[]): void;
} {
  const changes: PassageChange[] = [];
  const listeners = new Set<() => void>();
  const add = (passages: readonly IndexedPassage[]) => {
    for (const passage of passages) changes.push({ sequence: changes.length + 1, type: 'added', passage });
    for (const listener of listeners) listener();
  };
  add(corpus.passages);
  return {
    add,
    get size() {
      return changes.length;
    },
    shared: false,
    version: () => String(changes.length),
    changedAt: () => 0,
    changesAfter: async (sequence, limit) => changes.slice(sequence, sequence + limit),
    latestChange: async () => changes.length,
    origin: async () => 'bench',
    exclusively: async (_name, work) => work().then(() => true),
    passages: async () => new Map(),
    beginnings: async () => [],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A model that knows the vectors of the corpus and of its queries, and answers at once. */
export function modelOf({ passages, vectors, queries }: Corpus): EmbeddingModel {
  const byText = new Map<string, Float32Array>();
  for (const { id, documentTitle, text } of passages)
    byText.set(`${documentTitle}\n${text}`, vectors.get(id) as Float32Array);
  for (const { query, vector } of queries) byText.set(query, vector);
  return {
    name: 'bench:vectors',
    dimensions: async () => DIMENSIONS,
    embed: async (texts) => texts.map((text) => byText.get(text) ?? vectorOf(0)),
  };
}
