import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildSchema } from '#schema/index.ts';
import { checkCost, checkLimits, MAX_TOKENS } from './limits.ts';

const schema = buildSchema([]);
const check = (text: string) => checkLimits(schema, parse(text, { maxTokens: MAX_TOKENS }));
const repeat = (times: number, write: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => write(index)).join(' ');
const page = (size: string, inner: string) => `{ edges { node { ${inner} } } }`.replace(/^/, size);

describe('refused are', () => {
  test.each([
    [
      'pages in pages, though no size is named',
      'cost',
      `{ conversations ${page('', `messages ${page('', `conversation { messages ${page('', 'id content')} }`)}`)} }`,
    ],
    [
      'lists in lists in a page',
      'cost',
      `{ conversations ${page('', `messages ${page('', 'siblings { siblings { siblings { id } } }')}`)} }`,
    ],
    [
      'branches of branches, which are 100 each, of three messages',
      'cost',
      `{ conversation(id: "x") { messages(first: 3) ${page('', 'siblings { children { id } }')} } }`,
    ],
    [
      'a page in a fragment',
      'cost',
      `{ conversations ${page('(first: 100)', '...m')} } fragment m on Conversation { messages(first: 100) ${page('', 'id content role')} }`,
    ],
    [
      'a page counted from its end',
      'cost',
      `{ conversations ${page('(last: 100)', `messages(last: 100) ${page('', 'id content role')}`)} }`,
    ],
    ['one field again and again', 'repeated fields', `{ viewer { ${repeat(150, () => 'id')} } }`],
    ['objects that overlap pair by pair', 'repeated fields', `{ ${repeat(150, () => 'viewer { id }')} }`],
    ['repetitions in inline fragments', 'repeated fields', `{ viewer { ${repeat(110, () => '... { id }')} } }`],
    [
      'more fragments than can be compared',
      'fragment spreads',
      `{ viewer { ${repeat(80, (index) => `...f${index}`)} } } ${repeat(80, (index) => `fragment f${index} on Viewer { id }`)}`,
    ],
    [
      'a fragment that contains itself, used or not',
      'contains itself',
      '{ viewer { id } } fragment a on Viewer { ...a }',
    ],
    [
      'a fragment that contains itself in a page',
      'contains itself',
      '{ conversations { ...a } } fragment a on ConversationConnection { edges { node { messages { edges { node { conversation { messages { edges { cursor } } } } } } } } ...a }',
    ],
  ])('%s', (_title, limit, text) => expect(() => check(text)).toThrow(limit));
});

describe('let through are', () => {
  test.each([
    [
      'a page of conversations with the beginning of each',
      `{ conversations(first: 20) ${page('', `id title messages(first: 20) ${page('', 'id role content status generation { model usage { costUsd } }')}`)} }`,
    ],
    [
      'a long page of messages with all that hangs on them',
      `{ conversation(id: "x") { messages(first: 100) ${page('', 'id content siblings { id } citations { quote passage { text document { title } } } generation { stages { stage plugin outcome } }')} } }`,
    ],
    [
      'every event of a stream',
      `subscription { generation(id: "x") { __typename ${repeat(12, () => '... on TextDelta { cursor text }')} } }`,
    ],
    [
      'a search, whose passages are the page',
      '{ search(query: "x", first: 100) { passages { id text document { id title } } } }',
    ],
  ])('%s', (_title, text) => expect(check(text).costDependsOnVariables).toBe(false));

  test('pages whose sizes are variables, as long as the variables are small', () => {
    const text = `query($a: Int, $b: Int = 5) { conversations(first: $a) ${page('', `messages(first: $b) ${page('', 'id role content status createdAt')}`)} }`;
    const document = parse(text);
    expect(checkLimits(schema, document).costDependsOnVariables).toBe(true);
    expect(() => checkCost(schema, document, { a: 10, b: 10 })).not.toThrow();
    expect(() => checkCost(schema, document, { a: 100 })).not.toThrow(); // $b is 5
    expect(() => checkCost(schema, document, {})).not.toThrow(); // $a is the usual page
    expect(() => checkCost(schema, document, { a: 100, b: 100 })).toThrow('cost');
    expect(() => checkCost(schema, document, { a: 100, b: 99999999 })).toThrow('cost');
    expect(() => checkCost(schema, document, { a: 100, b: 'nonsense' })).toThrow('cost');
  });
});
