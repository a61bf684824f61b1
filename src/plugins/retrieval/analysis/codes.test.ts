/** Queries for versions, codes and numbers over passages that are otherwise equal. */
import { expect, test } from 'vitest';
import { PassageIndex } from '../built-in/passage-index.ts';

const TEXTS = {
  'v2.3.1': 'Release v2.3.1 mends the importer.',
  'v3.2.1': 'Release v3.2.1 removes the old interface.',
  'v12.3.1': 'Release v12.3.1 adds a queue.',
  'v2.3.0': 'Release v2.3.0 adds the importer.',
  pumps: 'Pump SKU-8847 meets ISO 9001:2015 and RFC7231. Take bus 42A. Telephone +44 20 7946 0018.',
  valves: 'Valve SKU-8840 meets ISO 27001:2022 and RFC 2616. Take bus 24A. Telephone +44 20 7946 0199.',
  rent: '第十二条 租金按月支付。合同于2023年12月31日签订。',
  deposit: '第十三条 押金不退。合同于2023年12月13日签订。',
  signed: 'The lease was signed on 4 March 2024.',
  ended: 'The lease was ended on 14 March 2024.',
  opened: '商店于二〇二四年十月一日开业。',
  'v2.3': 'Release 2.3 adds a dark theme.',
  'article 12': 'Article 12 is about the payment of rent.',
  bern: 'Desk in Bern: 031 555 0199.',
  basel: 'Desk in Basel: +41 61 555 01 42.',
  beijing: '北京办事处：010-6555-0142',
  shanghai: '上海办事处：021-6555-0142',
};
const index = new PassageIndex();
index.apply(
  Object.entries(TEXTS).map(([id, text], place) => ({
    sequence: place + 1,
    type: 'added',
    passage: {
      ...{ id, documentId: id, documentTitle: 'Papers', text, heading: null, start: 0, end: text.length },
      ...{ viewerId: 'ann', tenant: 'home', shared: false },
    },
  })),
);
const first = (query: string) =>
  index.search({ query, viewerId: 'ann', tenant: 'home', documentIds: null, limit: 5, rerank: true })[0]?.id;

test.each([
  ['2.3.1', 'v2.3.1'],
  ['What changed in version 2.3.1?', 'v2.3.1'],
  ['v3.2.1', 'v3.2.1'],
  ['release 12.3.1', 'v12.3.1'],
  ['SKU8847', 'pumps'],
  ['sku 8840', 'valves'],
  ['ISO9001', 'pumps'],
  ['iso 27001', 'valves'],
  ['RFC 7231', 'pumps'],
  ['rfc2616', 'valves'],
  ['42 A', 'pumps'],
  ['bus 24 A', 'valves'],
  ['020 7946 0018', 'pumps'],
  ['+442079460199', 'valves'],
  ['第12条', 'rent'],
  ['第十三条说什么？', 'deposit'],
  ['２０２３年１２月３１日', 'rent'],
  ['2023-12-13', 'deposit'],
  ['2024-03-04', 'signed'],
  ['March 14, 2024', 'ended'],
  ['2024-10-01', 'opened'],
  ['2024年10月1日', 'opened'],
  ['2.3', 'v2.3'],
  ['第１２条', 'rent'],
  ['article 12', 'article 12'],
  ['+41 31 555 01 99', 'bern'],
  ['0041 61 555 01 42', 'basel'],
  ['+86 21 6555 0142', 'shanghai'],
  ['谁的电话是01065550142', 'beijing'],
])('%s finds %s first', (query, id) => {
  expect(first(query)).toBe(id);
});
