/** Yardsticks of bench:retrieval: BM25 alone, over titles and texts as they are. */
import snowball from 'snowball-stemmers';
import { Bm25 } from '../../src/plugins/retrieval/built-in/bm25.ts';
import { Runs } from '../../src/plugins/retrieval/built-in/runs.ts';
import { topEntries } from '../../src/plugins/retrieval/built-in/top-entries.ts';

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

function searchBy(documents: readonly Document[], tokenize: (text: string) => string[]): Search {
  const index = new Bm25();
  const all = new Runs();
  for (const { title = '', text } of documents) all.add(index.add(tokenize(`${title}\n${text}`)));
  return (query) =>
    topEntries(index.scores(tokenize(query), all), 10, all).map(({ item }) => (documents[item] as Document).id);
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
