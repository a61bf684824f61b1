import { expect, test } from 'vitest';
import { split } from './general.ts';
import { splitDocument } from './index.ts';

const NAMES = ['Purpose', 'Terms of use', 'How it works', 'Limits', 'Questions and answers'];
const body = (heading: (name: string, place: number) => string) =>
  NAMES.map((name, place) => `${heading(name, place)}\n\nWhat part ${place} says is said here, at some length.`).join(
    '\n\n',
  );
const cut = (text: string) => split(text).map((draft) => draft.text);

test.each<[string, string]>([
  [
    'with leaders, as in RFCs',
    `Contents\n\n${NAMES.map((name, place) => `   ${place + 1}.  ${name} ${'. '.repeat(20)} ${place + 3}`).join('\n')}\n\n${body((name, place) => `${place + 1}.  ${name}`)}`,
  ],
  [
    'with a page’s number after a space, as from a DOCX',
    `# The manual\n\nContents\n\n${NAMES.map((name, place) => `${name} ${place + 4}`).join('\n\n')}\n\n${body((name) => `# ${name}`)}`,
  ],
  [
    'with links, as in Markdown',
    `# The manual\n\n${NAMES.map((name) => `- [${name}](#${name.toLowerCase().replaceAll(' ', '-')})`).join('\n')}\n\n${body((name) => `## ${name}`)}`,
  ],
  [
    'with lines as headings, as from a PDF',
    `## Table of Contents\n\n${NAMES.map((name, place) => `### ${place + 1} ${name} ${'. '.repeat(20)}${place + 3}`).join('\n\n')}\n\n${body((name, place) => `## ${place + 1} ${name}`)}`,
  ],
  [
    'that are announced, of lines that are no headings',
    `TABLE OF CONTENTS\n\n${NAMES.map((name) => `  ${name}`).join('\n')}\n\n${body((name) => `${name}:`)}`,
  ],
  [
    'with an entry that takes two lines, and one that names nothing',
    `Contents\n\n${NAMES.map((name, place) => `   ${place + 1}.  ${name}\n       of all kinds ....... ${place + 3}`).join('\n')}\n\n${NAMES.map((name, place) => `${place + 1}.  ${name}\n\nIt is told.\n\nof all kinds`).join('\n\n')}`,
  ],
])('a table of contents %s is in no passage, and all else is', (_name, text) => {
  const passages = cut(text);
  expect(passages.join('\n')).not.toMatch(/contents|\. \. |#purpose|\.{4}| 4$/im);
  for (const [place, name] of NAMES.entries()) {
    expect(passages.filter((passage) => passage.includes(name))).toHaveLength(1);
    if (text.includes(`part ${place}`)) expect(passages.join('\n')).toContain(`What part ${place} says`);
  }
  for (const { start, end, text: passage } of split(text)) expect(text.slice(start, end)).toBe(passage);
});

test('a table of contents parts what is before it from what is after it', () => {
  const list = NAMES.map((name) => `- ${name}`).join('\n');
  const passages = cut(`# All\n\nBefore.\n\n${list}\n\nAfter.\n\n${body((name) => `## ${name}`)}`);
  expect(passages.slice(0, 2)).toEqual(['# All\n\nBefore.', 'After.']);
});

test.each<[string, string]>([
  ['prices with leaders', NAMES.map((name, place) => `${name} ........ ${place + 3}`).join('\n')],
  ['a list', NAMES.map((name) => `- ${name}`).join('\n')],
  [
    'announced things that nothing else is about',
    `Contents\n\n${NAMES.map((name) => `- ${name}`).join('\n')}\n\nAll of it.`,
  ],
  ['numbers of things', `# Fruit\n\n${NAMES.map((name, place) => `${name} ${place + 3}`).join('\n')}`],
  ['a refrain', Array.from({ length: 3 }, () => `${NAMES.join('\n')}\n\nAnd so on it goes.`).join('\n\n')],
  [
    'values with the same names',
    Array.from({ length: 9 }, (_, place) => `id: ${place}\nkind: a\nowner: b\nplace: c\nsize: d`).join('\n\n'),
  ],
  ['headings without text', body((name) => `# ${name}`).replace(/What.*\n\n/g, '')],
])('%s stay', (_name, text) => {
  expect(cut(text).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
});

test('a paper’s table of contents is in no passage', async () => {
  const contents = NAMES.map((name, place) => `${place + 1} ${name} ........ ${place + 3}`).join('\n');
  const text = `Abstract\n\nWe study it.\n\n${contents}\n\n${body((name, place) => `${place + 1} ${name}`)}\n\nReferences\n\n[1] A. Smith. It.`;
  const { passages } = await splitDocument({ text, title: 'a', mediaType: 'text/plain', kind: 'ACADEMIC' });
  expect(passages.map((passage) => passage.text).join('\n')).not.toContain('....');
  for (const { start, end, text: passage } of passages) expect(text.slice(start, end)).toBe(passage);
  expect(passages.map(({ heading }) => heading)).toEqual([
    'Abstract',
    ...NAMES.map((name, place) => `${place + 1} ${name}`),
    'References',
  ]);
});

// Quadratic time would take minutes here.
test.each(['a .... 1\n', '- [a](#a)\n', 'x 1\n', '. ', '# a\n\na\n\n'])('a great deal of %j is soon cut', (piece) => {
  const text = `Contents\n\n${piece.repeat(60_000)}`;
  expect(split(text).every(({ start, end }) => start < end && end <= text.length)).toBe(true);
});
