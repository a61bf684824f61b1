/** Yardsticks of bench:retrieval: plain BM25 (Lucene's idf, k1 1.2, b 0.75) over titles and texts as they are. */
import snowball from 'snowball-stemmers';

interface Document {
  readonly id: string;
  readonly title?: string;
  readonly text: string;
}
/** Ids of the ten best, best first. */
type Search = (query: string) => string[];

/** Over each two neighbouring characters. */
export const pairSearch = (documents: readonly Document[]): Search => searchBy(documents, pairs);
/** Over words of two letters and more, as Snowball stems English ones. */
export const stemSearch = (documents: readonly Document[]): Search => searchBy(documents, stems);

const K1 = 1.2;
const B = 0.75;

function searchBy(documents: readonly Document[], tokenize: (text: string) => string[]): Search {
  const entries = documents.map(({ id, title = '', text }) => ({ id, tokens: tokenize(`${title}\n${text}`) }));
  const average = entries.reduce((sum, { tokens }) => sum + tokens.length, 0) / entries.length;
  const postings = new Map<string, Map<string, number>>();
  const lengths = new Map(entries.map(({ id, tokens }) => [id, tokens.length]));
  for (const { id, tokens } of entries)
    for (const token of tokens) {
      const counts = postings.get(token) ?? new Map<string, number>();
      postings.set(token, counts.set(id, (counts.get(id) ?? 0) + 1));
    }
  return (query) => {
    const scores = new Map<string, number>();
    for (const token of tokenize(query)) {
      const counts = postings.get(token) ?? new Map<string, number>();
      const idf = Math.log(1 + (entries.length - counts.size + 0.5) / (counts.size + 0.5));
      for (const [id, count] of counts) {
        const norm = K1 * (1 - B + (B * (lengths.get(id) ?? 0)) / average);
        scores.set(id, (scores.get(id) ?? 0) + (idf * count * (K1 + 1)) / (count + norm));
      }
    }
    const best = [...scores].sort(([, a], [, b]) => b - a).slice(0, 10);
    return best.map(([id]) => id);
  };
}

function pairs(text: string): string[] {
  const characters = [
    ...text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  ];
  return characters.slice(1).map((character, place) => `${characters[place]}${character}`);
}

const stemmer = snowball.newStemmer('english');
const stems = (text: string): string[] => (text.toLowerCase().match(/\w{2,}/g) ?? []).map((word) => stemmer.stem(word));
