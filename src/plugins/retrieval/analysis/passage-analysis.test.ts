import { expect, test } from 'vitest';
import { analyse, keywordTokens } from './passage-analysis.ts';

test('keywords find a passage by its text, and twice by the title of its document and its heading', () => {
  const analysis = analyse({ documentTitle: 'Zebras', heading: 'Stripes', text: 'No two are alike. Lions see grass.' });
  expect(keywordTokens(analysis)).toEqual([
    'zebra',
    'stripe',
    'zebra',
    'stripe',
    'two',
    'alik',
    'lion',
    'see',
    'grass',
  ]);
});
