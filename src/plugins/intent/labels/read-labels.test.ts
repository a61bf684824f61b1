import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { contradictions } from './check-examples.ts';
import { readLabels } from './read-labels.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-labels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const read = async (name: string, content: string | Uint8Array) =>
  (await readLabels(file(name, content))).map(({ text, label, line }) => `${line} ${label}: ${text}`);

const RASA = `version: "3.1"
nlu:
- intent: book_flight
  examples: |
    - fly to [Boston](city)
    - book [NYC]{"entity": "city", "value": "New York"} for [two](count)
    # a comment
    - 订一张去北京的机票
- synonym: credit
  examples: |
    - credit card account
- intent: chitchat/ask_name
  examples:
  - text: |
      What is your name?
    metadata:
      sentiment: neutral
  - who are you
`;

describe('readLabels', () => {
  test('reads nlu.yml of Rasa, without the marks of entities', async () => {
    expect(await read('nlu.yml', RASA)).toEqual([
      '5 book_flight: fly to Boston',
      '6 book_flight: book NYC for two',
      '8 book_flight: 订一张去北京的机票',
      '14 chitchat/ask_name: What is your name?',
      '18 chitchat/ask_name: who are you',
    ]);
  });

  test('reads routes of semantic-router, in JSON and in YAML', async () => {
    const routes = `{"encoder_type": "openai", "routes": [
  {"name": "politics", "utterances": ["who won the election?",
     "tell me about the president"], "description": null},
  {"name": "chitchat", "utterances": ["how are you", "lovely weather"]}]}`;
    const wanted = ['2 politics: who won the election?', '3 politics: tell me about the president'];
    expect((await read('routes.json', routes)).slice(0, 2)).toEqual(wanted);
    expect(await read('routes.json', JSON.stringify(JSON.parse(routes).routes))).toHaveLength(4);
    const yaml = 'routes:\n- name: a\n  utterances:\n  - one\n  - two\n- name: b\n  utterances: [three, four]\n';
    expect(await read('routes.yaml', yaml)).toEqual(['4 a: one', '5 a: two', '7 b: three', '7 b: four']);
  });

  test('reads the train splits of CLINC150, never its test lines', async () => {
    const splits = {
      train: [
        ['set an alarm', 'alarm'],
        ['wake me', 'alarm'],
        ['hi', 'greeting'],
        ['hello', 'greeting'],
      ],
      oos_train: [['what is love', 'oos']],
      test: [['a test line', 'alarm']],
    };
    expect((await read('data_full.json', JSON.stringify(splits))).map((row) => row.slice(2))).toEqual([
      'alarm: set an alarm',
      'alarm: wake me',
      'greeting: hi',
      'greeting: hello',
      'out_of_scope: what is love',
    ]);
  });

  test('reads JSONL and CSV, with a byte order mark, quotes and other separators', async () => {
    const jsonl =
      '{"text":"a b","label":"x"}\n\n{"text":"c","intent":"x"}\r\n{"text":"d","label":"y"}\n{"text":"e","label":"y"}';
    expect(await read('a.jsonl', jsonl)).toEqual(['1 x: a b', '3 x: c', '4 y: d', '5 y: e']);
    expect(await read('a.csv', '\ufefftext,category\n"one, two",x\nthree,x\nfour,y\n"fi\nve",y\n')).toEqual([
      '2 x: one, two',
      '3 x: three',
      '4 y: four',
      '6 y: fi\nve',
    ]);
    expect((await read('b.csv', 'label;text\nx;one\nx;two\ny;three\ny;four\n'))[0]).toBe('2 x: one');
  });

  test.each([
    ['nlu.yml', 'nlu:\n- intent: a\n  examples: |\n    - one\n    two\n', /line 5: an example of a must begin with -/],
    ['nlu.yml', 'nlu:\n- intent: a\n  examples: [\n', /line \d: is no YAML/],
    ['nlu.yml', 'nlu:\n- intent: a\n', /line 2: intent a has no `examples/],
    ['nlu.yml', 'stories:\n- story: a\n', /line 1: must hold `nlu:`/],
    ['r.json', '{"routes": [\n {"name": "a", "utterances": ["x", 7]}]}', /line 2: an utterance of a must be a text/],
    ['r.json', '{"routes": [\n {"name": "a"\n]}', /line 3: is no JSON/],
    ['r.json', '{"train": [["a", "x"],\n ["b"]]}', /line 2: \["b"\] must be a pair/],
    ['a.jsonl', '{"text":"a","label":"x"}\n{"text":"a"}', /line 2: must be JSON such as/],
    ['a.jsonl', '{"text":"a","label":"x"}\n{"text":', /line 2: is no JSON/],
    ['a.jsonl', '{"text":" ","label":"x"}', /line 1: the text is empty/],
    ['a.csv', 'sentence,group\na,x\n', /line 1: must name the columns/],
    ['a.csv', 'text,label\na,x\na, b,x\n', /line 3: has 3 columns/],
    ['a.csv', 'text,label\n"a,x\nb,y\n', /Quote/],
    ['a.csv', 'text,label\na,x\nb,x\n', /one label only/],
    ['a.csv', 'text,label\na,x\nb,x\nc,y\n', /line 4: label y has one example only/],
    ['a.txt', 'x', /must end in \.yml/],
    ['none/a.csv', '', /cannot be read/],
  ])('refuses %s %j and says %s', (name, content, message) => {
    const path = name.includes('/') ? join(folder, name) : file(name, content);
    return expect(readLabels(path)).rejects.toThrow(message);
  });

  test('refuses an encoding that is not UTF-8, and names the line', () => {
    const gbk = Buffer.concat([
      Buffer.from('text,label\nhello,x\n'),
      Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0x2c, 0x78]),
    ]);
    return expect(readLabels(file('gbk.csv', gbk))).rejects.toThrow(/line 3: is not UTF-8/);
  });

  test('does not expand aliases of YAML', () => {
    const bomb = `a: &a [x,x]\n${'bcdef'
      .split('')
      .map((name, at) => `${name}: &${name} [*${'abcde'[at]},*${'abcde'[at]}]`)
      .join('\n')}\nnlu: *f\n`;
    return expect(readLabels(file('bomb.yml', bomb))).rejects.toThrow(/nlu/);
  });

  test('names texts with two labels', async () => {
    const examples = await readLabels(file('c.csv', 'text,label\nHi,x\nb,x\nhi,y\nd,y\n'));
    expect(contradictions(examples)).toEqual(['line 4 says y and line 2 says x for the same text']);
  });
});
