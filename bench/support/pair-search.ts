/** A yardstick of bench:retrieval: BM25 over each two neighbouring characters, by minisearch. */
import MiniSearch from 'minisearch';

interface Document {
  readonly id: string;
  readonly title?: string;
  readonly text: string;
}

/** Ids of the ten best, best first. */
export function pairSearch(documents: readonly Document[]): (query: string) => string[] {
  const mini = new MiniSearch<Document>({
    fields: ['all'],
    extractField: (document, field) =>
      field === 'all' ? `${document.title ?? ''}\n${document.text}` : document[field as keyof Document],
    tokenize: pairs,
    processTerm: (pair) => pair,
    searchOptions: { bm25: { k: 1.2, b: 0.75, d: 0 } },
  });
  mini.addAll(documents);
  return (query) =>
    mini
      .search(query)
      .slice(0, 10)
      .map(({ id }) => String(id));
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
