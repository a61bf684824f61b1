import { expect, test } from 'vitest';
import { randomText, seeded } from '../../../../test/support/random.ts';
import { isCjkPair, isCjkSingle, tokenize } from './tokens.ts';

test.each<[string, string, string[]]>([
  ['English is stemmed, in lower case and without stop words', 'The Runners were RUNNING.', ['runner', 'run']],
  ['full width is half width', 'ＡＢＣ　１２３', ['abc', '123', 'abc123']],
  ['Chinese gives characters and pairs', '机器人', ['机', '器', '机器', '人', '器人']],
  ['traditional characters are simplified ones', '圖書', ['图', '书', '图书']],
  ['a pair never spans punctuation', '好。的', ['好', '的']],
  ['characters outside the basic plane are whole', '𠮷野', ['𠮷', '野', '𠮷野']],
  ['half-width Kana, the long vowel and Hangul are CJK', 'ﾊｰ안녕', ['ハ', 'ー', 'ハー', '안', 'ー안', '녕', '안녕']],
  ['Chinese right after Latin letters is Chinese', 'BSkyB的24次', ['bskyb', '的', '24', '次']],
  ['C++, C# and F# are not C', 'C++ and C# or F#, not C.', ['c++', 'c#', 'f#', 'c']],
  ['a longer word with a mark is found without it', 'Notepad++ has 100+', ['notepad++', 'notepad', '100+', '100']],
  ['C++11 is C++', 'C++11', ['c++', '11']],
  ['a joined name stands whole and in its parts', 'node.js GPT-4', ['node.js', 'node', 'js', 'gpt4', 'gpt', '4']],
  ['joined words stand in their parts alone', 'anti-inflammatory T-cell', ['anti', 'inflammatori', 't', 'cell']],
  ['but for those whose parts say nothing', 'a to-do list', ['to-do', 'list']],
  [
    'a name in camelCase too',
    'levenshteinWithMax toString',
    ['levenshteinwithmax', 'levenshtein', 'max', 'tostr', 'string'],
  ],
  ['also within a joined one', 'ts.parseJSON', ['ts.parsejson', 'ts', 'parsejson', 'pars', 'json']],
  ['abbreviations in it are words', 'HTMLParserOptions', ['htmlparseropt', 'html', 'parser', 'option']],
  ['siRNA, iPhone and BSkyB are no such names', 'siRNA iPhone BSkyB MyoD1', ['sirna', 'iphon', 'bskyb', 'myod1']],
  ['JavaScript is not Java', 'JavaScript YouTube', ['javascript', 'youtub']],
  ['.NET keeps its dot', 'the .NET way', ['.net', 'net', 'way']],
  ['numbers are whole, thousands without commas', '1,000,000 x 3.14', ['1000000', 'x', '3.14']],
  ['a list of numbers is no number', '1,2,3', ['1', '2', '3']],
  ['accents and apostrophes do not matter', "Beyoncé's café, O’Brien", [...tokenize('beyonce'), 'cafe', 'obrien']],
  ['what is written in capitals is no stop word', 'WHO says who', ['who', 'say']],
  [
    'a version is one word, with what it is a version of, and without v',
    'v2.3.1 is 2.3.1',
    ['2.3.1', '2.3.x', '2.3.1', '2.3.x'],
  ],
  ['letters and digits of a code stand in their parts too', 'SKU8847 42A', ['sku8847', 'sku', '8847', '42a', '42']],
  ['marks alone are nothing', '+ # . - -- ++ 😀 ，。', []],
])('%s', (_name, text, expected) => {
  expect(tokenize(text)).toEqual(expected);
});

test('a document and a query that differ only in form give the same tokens', () => {
  for (const [one, other] of [
    ['Node.JS', 'node.js'],
    ['Ｃ＋＋', 'c++'],
    ['cafe\u0301', 'café'],
    ['running', 'runs'],
  ])
    expect(tokenize(one as string)).toEqual(tokenize(other as string));
});

test.each([
  ['SKU8847', 'SKU-8847', 'sku8847'],
  ['RFC 7231', 'RFC7231', 'rfc7231'],
  ['ISO 9001:2015', 'ISO9001', 'iso9001'],
  ['42 A', '42A', '42a'],
  ['GPT4', 'GPT-4', 'gpt4'],
  ['555-0142', '5550142', '5550142'],
  ['+86 138 1234 5678', '13812345678', '12345678'],
  ['(020) 7946 0018', '020-7946-0018', '02079460018'],
  ['第十二条', '第12条', '#12条'],
  ['第一百零五章', '第105章', '#105章'],
  ['第二〇章', '第20章', '#20章'],
  ['２０２３年１２月３１日', '2023-12-31', 'date20231231'],
  ['31 December 2023', 'Dec. 31st, 2023', 'date20231231'],
  ['31.12.2023', '2023/12/31', 'date20231231'],
  ['3/4/2024', '4 March 2024', 'date20240304'],
])('%s and %s have a token in common', (one, other, token) => {
  for (const text of [one, other]) expect(tokenize(`The one is ${text}.`)).toContain(token);
});

test.each([
  ['another version', 'v12.3.1', '2.3.1'],
  ['another version of the same numbers', '3.2.1', '2.3.1'],
  ['a day that there is not', '2023-13-45', 'date20231345'],
])('%s has no token of it', (_what, text, token) => {
  expect(tokenize(text)).not.toContain(token);
});

test('pairs and single characters differ, also outside the basic plane', () => {
  expect(['机', '𠮷', '机器', '𠮷野', '野𠮷', 'ab', '1'].map(isCjkSingle)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(['机', '𠮷', '机器', '𠮷野', '野𠮷', 'ab', '1'].map(isCjkPair)).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('no token is empty, endless or has white space; equal texts give equal tokens', () => {
  const random = seeded(3);
  for (let round = 0; round < 300; round += 1) {
    const text = randomText(random, 30);
    const tokens = tokenize(text);
    expect(tokens.filter((token) => token === '' || token.length > 64 || /\s/.test(token))).toEqual([]);
    expect(tokenize(text)).toEqual(tokens);
  }
});

test('data without spaces goes by its beginning', () => {
  expect(tokenize('A'.repeat(100_000))).toEqual(['a'.repeat(64)]);
});

// Quadratic time would take minutes here.
test.each([
  "'",
  '1 ',
  '(1',
  'A 1 ',
  '第1',
  '1-1',
  '2023-',
  '1 May ',
  'a.',
  "a'",
  '1,',
  '1,000',
  '.a',
  '-',
  'c+',
  'é',
  '好a',
])('a long text of %j takes linear time', (piece) => {
  expect(tokenize(piece.repeat(200_000)).length).toBeLessThan(2_000_000);
});
