import { expect, test } from 'vitest';
import { linesOf, type PdfLine } from './pdf-lines.ts';
import { type TextRun, uprightRuns } from './pdf-runs.ts';
import { pdfText } from './pdf-text.ts';

const run = (str: string, bottom: number, fontName = 'serif', left = 72): TextRun => ({
  str,
  transform: [10, 0, 0, 10, left, bottom],
  width: str.length * 6,
  height: 10,
  hasEOL: true,
  fontName,
});
const page = (...runs: TextRun[]): PdfLine[] => linesOf(uprightRuns(runs, (fontName) => fontName === 'mono'));
const PROSE = 'A paragraph of prose that says enough to be most of what stands on this page of the document.';

test('lines of code keep their ends and how far they are set in', () => {
  const lines = page(
    run(PROSE, 700),
    run('if (ready) {', 680, 'mono'),
    run('start();', 668, 'mono', 84),
    run('}', 656, 'mono'),
    run('stop();', 632, 'mono'),
    run(PROSE, 610),
  );
  expect(pdfText([lines]).text).toBe(`${PROSE}\n\n\`\`\`\nif (ready) {\n  start();\n}\n\nstop();\n\`\`\`\n\n${PROSE}`);
});

test('a word of code in a sentence, Chinese and a document that is all typewritten are prose', () => {
  expect(pdfText([page(run(PROSE, 700), run('stop()', 688, 'mono'))]).text).toBe(`${PROSE} stop()`);
  const chinese = [run('事实上，为标准文档类', 700, 'mono'), run('指定选项以后使用命令。', 688, 'mono')];
  expect(pdfText([page(run(PROSE, 720), ...chinese)]).text).not.toContain('```');
  expect(pdfText([page(run('It is written', 700, 'mono'), run('on a typewriter.', 688, 'mono'))]).text).toBe(
    'It is written on a typewriter.',
  );
});

test('text that looks like a Markdown mark makes no heading', () => {
  expect(pdfText([page(run('# a comment', 700))]).text).toBe('\\# a comment');
});

test('Chinese characters that are set apart to fill a line come together', () => {
  expect(pdfText([page(run('定 界 符 必 须 成 对', 700))]).text).toBe('定界符必须成对');
  expect(pdfText([page(run('第一章 概述', 700))]).text).toBe('第一章 概述');
});

const names = 'sound light heat force mass time length charge field wave'.split(' ');
const header = (name: string, place: number) => (place % 2 === 0 ? `${name} ${place + 31}` : `${place + 31} ${name}`);

test('headers that name each section beside the number of the page are left out where the text has the section’s name', () => {
  const pages = names.map((name, place) =>
    page(
      run(header(name, place), 740),
      run(name, 720),
      run(`The ${name} is told of.`, 700),
      run(`${name} and more.`, 600),
    ),
  );
  const { text } = pdfText(pages);
  expect(text).not.toMatch(/\d/);
  expect(text).toContain('The wave is told of.');
});

test('lines that differ in numbers from page to page stay, at any position', () => {
  const pages = names.map((name, place) =>
    page(
      run(`Employee ${place + 1}`, 740),
      run(`Name ${name}`, 720),
      run('Wages of May', 700),
      run(`Gross pay ${place * 100 + 1_900}`, 680),
      run(`Net pay ${place + 1_500}`, 80),
    ),
  );
  const { text } = pdfText(pages);
  for (const line of pages.flat()) expect(text).toContain(line.text);
});

test('a footer with the page number appears once, and the text around it stays', () => {
  const pages = names.map((name, place) =>
    page(
      run(`A ${name} is`, 740),
      run('one of ten', 728),
      run(`that ${name} knows`, 716),
      run(`Confidential - Page ${place + 1} of 10`, 40),
    ),
  );
  const { text } = pdfText(pages);
  expect(text.match(/Confidential/g)).toHaveLength(1);
  expect(text).toMatch(/Confidential - Page 10 of 10$/);
});
