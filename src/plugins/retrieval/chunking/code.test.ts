import { expect, test } from 'vitest';
import { splitDocument } from './index.ts';

const passagesOf = async (text: string, title = 'a.ts') =>
  (await splitDocument({ text, title, mediaType: 'text/plain', kind: null })).passages;
const statements = (count: number) =>
  Array.from({ length: count }, (_, place) => `  watch(${place}, '${'x'.repeat(60)}');`).join('\n');

test('functions within one function of megabytes stay whole and name their enclosing function', async () => {
  const one = (place: number) => `  function number${place}() {\n${statements(9)}\n  }`;
  const all = Array.from({ length: 3_000 }, (_, place) => one(place));
  const text = `namespace zoo {\n\nexport function createAll() {\n${all.join('\n\n')}\n\n}\n\n}\n`;
  expect(text.length).toBeGreaterThan(2_000_000);
  const passages = await passagesOf(text);
  const headings = new Map(passages.map(({ text: piece, heading }) => [piece, heading]));
  // The first stands with the heads of what it is in.
  for (const [place, whole] of all.slice(0, -1).entries())
    if (place > 0) expect(headings.get(whole.trim())).toBe(`zoo > createAll > number${place}`);
    else expect(passages[0]?.text.endsWith(whole)).toBe(true);
});

test.each([
  [
    'a function',
    'a.ts',
    `/** Watches birds. */\nexport async function watchAll(\n  birds: Bird[],\n): Promise<void> {`,
    'watchAll',
  ],
  [
    'a function by its constant’s name',
    'a.ts',
    `/** Watches birds. */\nconst watchAll = async (birds: Bird[]) => {`,
    'watchAll',
  ],
  ['a function that is passed', 'a.js', `// Watches birds.\ndescribe('watching all', () => {`, null],
  ['a method in Java', 'a.java', `/** Watches birds. */\npublic static void watchAll(Bird[] birds) {`, 'watchAll'],
])('%s that is too long keeps what it says of itself together', async (_kind, title, head, name) => {
  const before = `${title === 'a.java' ? '' : 'const before = 1;\n'.repeat(20)}`;
  const inside = `${head}\n${statements(40)}\n}${head.startsWith('// ') ? ');' : ''}\n`;
  const text =
    title === 'a.java' ? `class Zoo {\n${'int before = 1;\n'.repeat(20)}\n${inside}}\n` : `${before}\n${inside}`;
  const passages = await passagesOf(text, title);
  const holder = passages.find(({ text: piece }) => piece.includes(head));
  expect(holder?.text.startsWith(head) || name === null).toBe(true);
  expect(holder).toBeDefined();
  if (name) expect(passages.filter(({ heading }) => heading?.endsWith(name)).length).toBeGreaterThan(2);
});

test('functions as arguments stay whole, and the first of several does not get the name of the last', async () => {
  const method = (name: string, lines: number) => `  ${name}() {\n${statements(lines)}\n  },`;
  const first = method('first', 9);
  const several = await passagesOf(`register({\n  codes: [1],\n${first}\n${method('last', 40)}\n});\n`);
  expect(several.find(({ text }) => text.includes(first))).toMatchObject({ heading: null });
  const only = `() => {\n${statements(11)}\n}`;
  const one = await passagesOf(`register([${'1, '.repeat(80)}], ${only});\n`);
  expect(one.some(({ text }) => text.includes(only))).toBe(true);
});

test('a function of nothing but long lines of data is not parsed', async () => {
  const text = `function rows() {\n  return [\n${`  [${'1, '.repeat(2_000)}],\n`.repeat(500)}];\n}\n`;
  const passages = await passagesOf(text);
  expect(passages.every(({ heading }) => heading === null)).toBe(true);
  expect(passages.map(({ text: piece }) => piece.replace(/\s/g, '')).join('')).toBe(text.replace(/\s/g, ''));
});
