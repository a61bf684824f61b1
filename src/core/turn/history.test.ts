import { expect, test } from 'vitest';
import { describeHistory, historyBudget, shownHistory, whatWasSaid } from './history.ts';

/** Of 25 tokens each. */
const message = (letter: string) => ({ role: 'USER', content: letter.repeat(100) }) as const;
const history = [message('a'), message('b'), message('c')];
const letters = ({ messages }: { readonly messages: readonly { readonly content: string }[] }) =>
  messages.map(({ content }) => content[0]);

test('the newest messages that fit are shown, oldest first', () => {
  expect(letters(shownHistory({ history, summary: null }, 75))).toEqual(['a', 'b', 'c']);
  expect(letters(shownHistory({ history, summary: null }, 74))).toEqual(['b', 'c']);
  expect(shownHistory({ history, summary: null }, 60).tokens).toBe(50);
  expect(shownHistory({ history, summary: null }, 0).messages).toEqual([]);
});

test('the summary takes its part of the budget, and is left out where there is no room beside it', () => {
  const summary = 's'.repeat(100);
  expect(shownHistory({ history, summary }, 75)).toMatchObject({ summary, tokens: 75 });
  expect(letters(shownHistory({ history, summary }, 75))).toEqual(['b', 'c']);
  expect(shownHistory({ history, summary }, 25)).toMatchObject({ summary: null, tokens: 25 });
});

test('the newest message is cut in its middle where it does not fit alone', () => {
  for (const content of [`begin ${'x'.repeat(10_000)} end`, `开始${'中'.repeat(10_000)}结束`, '😀'.repeat(5_000)]) {
    const { messages, tokens } = shownHistory(
      { history: [message('a'), { role: 'ASSISTANT', content }], summary: null },
      50,
    );
    expect(messages).toHaveLength(1);
    expect(messages[0]?.content).toContain('[…]');
    expect(messages[0]?.content.startsWith(content.slice(0, 2))).toBe(true);
    expect(messages[0]?.content.isWellFormed()).toBe(true);
    expect(tokens).toBeLessThan(60);
  }
});

test('history takes at most half of a context that is known', () => {
  expect(historyBudget(6_000, null)).toBe(6_000);
  expect(historyBudget(6_000, 4_096)).toBe(2_048);
  expect(historyBudget(6_000, 128_000)).toBe(6_000);
});

test('the trace tells how much was shown, and nothing of what was said', () => {
  const summary = 'secret';
  const told = describeHistory(shownHistory({ history, summary }, 60), 240);
  expect(told).toBe('2 of 240 earlier messages, and a summary of those before them; about 52 tokens');
});

test('a judge is told the summary before the messages', () => {
  expect(whatWasSaid({ history, summary: null })).toBe(history);
  expect(whatWasSaid({ history, summary: 'Ann.' })).toEqual([{ role: 'SYSTEM', content: 'Ann.' }, ...history]);
});
