import type { IndexedPassage } from '#core/ports/store.ts';
import { PassageIndex } from './passage-index.ts';

const TEXTS = [
  'A parcel to Canada takes nine days. It needs a customs form, which the post office has.',
  'Letters need a stamp of 2 euro. A letter to Canada takes six days.',
  '寄往加拿大的包裹需要九天。邮局有海关表格。',
];
const QUERIES = ['How long does a parcel to Canada take?', 'Which form do I need for Canada?', '包裹需要几天？'];
const NOBODY = { viewerId: 'nobody', tenant: 'none', documentIds: null };

/** Searches a small index of its own, so that the code of a search is compiled before the first question. */
export function searchOnce(): void {
  const index = new PassageIndex();
  for (const [place, text] of TEXTS.entries())
    index.applyOne({ sequence: place + 1, type: 'added', passage: passageOf(String(place), text) });
  for (const query of QUERIES) index.search({ ...NOBODY, query, limit: 3, rerank: true });
}

const passageOf = (id: string, text: string): IndexedPassage => ({
  ...{ id, documentId: id, documentTitle: 'Post', start: 0, end: text.length, text, heading: null },
  ...{ viewerId: NOBODY.viewerId, tenant: NOBODY.tenant, shared: false },
});
