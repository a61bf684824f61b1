import { expect, test } from 'vitest';
import type { DocumentKind, PassageDraft } from '#core/ports/store.ts';
import { randomText, seeded } from '../../../../test/support/random.ts';
import { type SplitInput, splitDocument } from './index.ts';

const cut = (text: string, others: Partial<SplitInput> = {}) =>
  splitDocument({ text, title: 'A title', mediaType: 'text/plain', kind: null, ...others });
const passagesOf = async (text: string, others: Partial<SplitInput> = {}) => (await cut(text, others)).passages;

function expectWhole(text: string, passages: readonly PassageDraft[], overlap = false): void {
  const covered = new Uint8Array(text.length);
  let former = 0;
  for (const { start, end, text: piece } of passages) {
    expect(text.slice(start, end)).toBe(piece);
    expect(piece.isWellFormed() || !text.isWellFormed()).toBe(true);
    if (!overlap) expect(start).toBeGreaterThanOrEqual(former);
    former = end;
    covered.fill(1, start, end);
  }
  for (let place = 0; place < text.length; place += 1)
    if (covered[place] === 0 && /\S/.test(text[place] as string))
      throw new Error(`lost: ${text.slice(place, place + 40)}`);
}

const SAMPLES: Readonly<Record<string, string>> = {
  'a.ts':
    '/** Doc of one. */\nexport function one(a: number): number {\n  return a + 1; // 😀\n}\n\nexport class Two {\n  @deco()\n  method(): void {\n    console.log("x");\n  }\n}\n',
  'a.tsx': 'export function One() {\n  return <div>hello</div>;\n}\n',
  'a.js': '// what it does\nfunction one() {\n  return 1;\n}\nconst two = () => 2;\n',
  'a.py':
    '# about one\n@decorated\ndef one(a):\n    """Doc."""\n    return a\n\nclass Two:\n    def method(self):\n        return 2\n',
  'a.go':
    'package a\n\n// One is one.\nfunc One(a int) int {\n\treturn a\n}\n\ntype T struct{ X int }\n\nfunc (t T) Two() int { return t.X }\n',
  'a.java': 'class A {\n  /** Doc. */\n  @Override\n  int one(int a) {\n    return a;\n  }\n}\n',
  'a.rs': '/// Doc.\n#[inline]\nfn one(a: i32) -> i32 {\n    a\n}\n\nimpl T {\n    fn two(&self) {}\n}\n',
  'a.c': '/* doc */\nint one(int a) {\n  return a;\n}\n\nstruct t { int x; };\n',
  'a.cpp': 'namespace n {\ntemplate <class T> T one(T a) {\n  return a;\n}\n}\n',
};

test.each(Object.entries(SAMPLES))(
  '%s is code by its name, and its functions stay whole among many',
  async (title, sample) => {
    const text = Array.from({ length: 30 }, (_, place) =>
      sample.replaceAll('one', `one${place}`).replaceAll('One', `One${place}`),
    ).join('\n');
    const { kind, passages } = await cut(text, { title });
    expect(kind).toBe('CODE');
    expectWhole(text, passages);
    expect(passages.length).toBeGreaterThan(1);
    for (let place = 0; place < 30; place += 1) {
      const name = new RegExp(`\\b[oO]ne${place}\\b`);
      const begins = sample.split('\n').find((line) => /one|One/.test(line) && /[({]/.test(line)) as string;
      const holder = passages.find(
        ({ text: piece }) =>
          name.test(piece) && piece.includes(begins.replace(/one/g, `one${place}`).replace(/One/g, `One${place}`)),
      );
      expect(holder, `${title} ${place}`).toBeDefined();
    }
  },
);

test('a function stays with its comment and decorator; a class member names its class; a long class is cut at its members', async () => {
  const method = (name: string) =>
    `  /** About ${name}. */\n  ${name}(): string {\n    return '${'x'.repeat(300)}';\n  }\n`;
  const text = `export class Bird {\n${['fly', 'sing', 'sleep', 'eat'].map(method).join('\n')}}\n`;
  const passages = await passagesOf(text, { title: 'bird.ts' });
  expectWhole(text, passages);
  expect(passages.length).toBeGreaterThan(1);
  for (const name of ['fly', 'sing', 'sleep', 'eat']) {
    const holder = passages.find(({ text: piece }) => piece.includes(`About ${name}.`));
    expect(holder?.text).toContain(`${name}(): string {`);
    expect(holder?.text).toContain('x'.repeat(300));
    expect(holder?.heading).toMatch(/^Bird/);
  }
});

test.each<[string, string]>([
  ['one line of 3 MB', `var a=[${'1,'.repeat(1_500_000)}1];`],
  ['brackets in brackets', '['.repeat(50_000)],
  ['a string that never ends', `const a = "${'x\n'.repeat(20_000)}`],
  ['no code at all', '这不是代码。'.repeat(2_000)],
  ['nothing', ''],
  ['lone surrogates', `const a = "${'\ud800'.repeat(3_000)}";`],
])('source that is %s is cut whole', async (_name, text) => {
  const passages = await passagesOf(text, { title: 'a.ts' });
  for (const { start, end, text: piece } of passages) expect(piece).toBe(text.slice(start, end));
  const kept = passages.reduce((sum, { text: piece }) => sum + piece.replace(/\s/g, '').length, 0);
  expect(kept).toBe(text.replace(/\s/g, '').length);
});

test('a detached comment does not separate a function from its own comment', async () => {
  const apart = '// On the whole.\n'.repeat(55);
  const one = `// one is told of here.\n// It is short.\nfunc one() string {\n\treturn "${'x'.repeat(850)}"\n}`;
  const text = `package a\n\n${apart}\n${one}\n\n${apart}\n${one.replaceAll('one', 'two')}\n`;
  const passages = await passagesOf(text, { title: 'a.go' });
  expectWhole(text, passages);
  for (const whole of [one, one.replaceAll('one', 'two')])
    expect(passages.filter(({ text: piece }) => piece.includes(whole))).toHaveLength(1);
});

test.each(['\n\n', '\n'])(
  'a source that is too long to be parsed at once is parsed between its functions, with %j there',
  async (between) => {
    const one = (place: number) =>
      `// What number ${place} does.\nfunction number${place}() {\n  return '${'x'.repeat(700)}';\n\n  // and more\n}`;
    const all = Array.from({ length: 3_000 }, (_, place) => one(place));
    const text = all.join(between);
    expect(text.length).toBeGreaterThan(2_000_000);
    const { passages } = await cut(text, { title: 'a.js' });
    expect(passages.map(({ heading }) => heading)).toEqual(all.map((_, place) => `number${place}`));
    expect(passages.map(({ text: piece }) => piece)).toEqual(all);
  },
);

const PAPER = `On the Flight of Zebras

Abstract
We study zebras [1] and find that they do not fly.

1 Introduction
Zebras were studied by Smith et al. [2, 3]. ${'They live in Africa. '.repeat(80)}

2 Methods
2.1 Watching
We watched zebras (Jones, 2019). ${'Nothing flew. '.repeat(80)}

3 Results
None flew [4].

References
[1] A. Smith. Zebras. 2010.
[2] B. Jones. More zebras. 2019.
`;
const CHINESE_PAPER = `斑马飞行研究

摘要：本文研究斑马 [1]。

一、引言
斑马生活在非洲 [2]。${'它们不会飞。'.repeat(100)}

二、方法
我们观察了斑马 [3]。

三、结论
斑马不会飞 [4][5]。

参考文献
[1] 张三. 斑马. 2010.
`;

test.each([
  ['in English', PAPER, 'References', '2 Methods > 2.1 Watching', 'Nothing flew.'],
  ['in Chinese', CHINESE_PAPER, '参考文献', '二、方法', '观察了斑马'],
])(
  'a paper %s is cut by its sections, its references apart',
  async (_language, text, references, section, inSection) => {
    const { kind, passages } = await cut(text);
    expect(kind).toBe('ACADEMIC');
    expectWhole(text, passages);
    expect(passages.find(({ text: piece }) => piece.includes(inSection))?.heading).toBe(section);
    const cited = passages.filter(({ heading }) => heading === references);
    expect(cited.length).toBeGreaterThan(0);
    for (const { text: piece } of cited) expect(piece).not.toMatch(/flew|不会飞/);
    for (const { text: piece, heading } of passages) if (piece.includes('2010')) expect(heading).toBe(references);
  },
);

test('a numbered line in the midst of a paper’s sentence is no heading', async () => {
  const { passages } = await cut(
    PAPER.replace('Nothing flew.', 'They rested after\n2 Hours of walking and then\nwent on.'),
  );
  expect(passages.map(({ heading }) => heading).join()).not.toContain('Hours');
});

test.each<[string, Partial<SplitInput> & { text: string }, DocumentKind]>([
  ['prose', { text: 'A zebra has stripes. It lives in Africa.' }, 'GENERAL'],
  [
    'Markdown with fenced code',
    {
      text: 'Run this:\n\n```js\nconst a = 1;\nrun(a);\n```\n\nThen wait for it. It takes a while.',
      mediaType: 'text/markdown',
    },
    'GENERAL',
  ],
  [
    'an article with one citation',
    { text: 'Zebras are striped [1]. Their summary is long. See the references.' },
    'GENERAL',
  ],
  [
    'an article with an abstract and references',
    { text: 'Abstract\n\nOn zebras.\n\nReferences\n\nSee others.' },
    'GENERAL',
  ],
  [
    'a paper whose abstract begins on the line of its name',
    {
      text: PAPER.replace('Abstract\n', 'Abstract Zebras Are Studied. ')
        .replace('3 Results', '3 Told')
        .replace('1 Introduction', '1 First'),
    },
    'ACADEMIC',
  ],
  ['an RFC', { text: `Request for Comments: 2616\n\n${PAPER}` }, 'GENERAL'],
  [
    'a standard',
    {
      text: PAPER.replace('They live', 'Zebras MUST NOT fly. They live').replaceAll(
        'Nothing',
        'It SHALL be that nothing',
      ),
    },
    'GENERAL',
  ],
  [
    'code without a name',
    { text: 'import a from "a";\n\nfunction one() {\n  const b = a();\n  return b;\n}\n\nexport { one };\n' },
    'CODE',
  ],
  ['a source in a language without a grammar', { text: 'fun main() { println("x") }', title: 'a.kt' }, 'CODE'],
  ['Chinese prose', { text: '斑马生活在非洲，身上有黑白条纹。它们吃草。' }, 'GENERAL'],
  ['what is given', { text: 'A zebra.', kind: 'ACADEMIC' }, 'ACADEMIC'],
])('the kind of %s is recognised', async (_name, input, expected) => {
  expect((await cut(input.text, input)).kind).toBe(expected);
});

test('any text of any kind is in its passages, in order, none of it twice', async () => {
  const random = seeded(31);
  for (let round = 0; round < 60; round += 1) {
    const text = randomText(random, 400);
    for (const kind of ['GENERAL', 'ACADEMIC', 'CODE'] as const)
      expectWhole(text, await passagesOf(text, { kind, title: ['a.ts', 'a.py', 'a.txt'][round % 3] as string }));
    expectWhole(text, await passagesOf(text, { splitter: 'recursive' }), true);
  }
});

test('the recursive splitter makes pieces of at most 1,000, each beginning with the end of the one before', async () => {
  const text = Array.from({ length: 400 }, (_, place) => `Sentence number ${place} of many.`).join(' ');
  const passages = await passagesOf(text, { splitter: 'recursive' });
  for (const [place, { start, text: piece }] of passages.entries()) {
    expect(piece.length).toBeLessThanOrEqual(1_000);
    const former = passages[place - 1];
    if (former) expect(former.end - start).toBeGreaterThan(100);
    if (former) expect(former.end - start).toBeLessThanOrEqual(200);
  }
  expectWhole(text, passages, true);
});
