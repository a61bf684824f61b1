import { expect, test } from 'vitest';
import { judgeOffline } from './judge.ts';
import { offlineReport } from './report.ts';

test('A report has the fields of the contract alone: the claims would store the answer a second time', () => {
  const response = 'The bridge was built in 1932. It is 120 feet long.';
  const context = ['The bridge was built in 1932. It is 120 metres long.'];
  const judgement = judgeOffline({ query: 'When was the bridge built?', response, context, history: '' });
  expect(judgement.claims).toHaveLength(2);
  expect(Object.keys(offlineReport(judgement, [])).toSorted()).toEqual([
    ...['coherence', 'completeness', 'groundedness', 'judge', 'overall', 'relevance', 'safety', 'scores'],
    ...['suggestions', 'unsupported'],
  ]);
});
