import { expect, test } from 'vitest';
import { withUnfinished } from './unfinished.ts';

const user = (content: string) => ({ role: 'USER', content }) as const;
const answer = (content: string) => ({ role: 'ASSISTANT', content }) as const;

test('finished answers stay unchanged in the prompt', () => {
  const messages = [user('one'), answer('first')];
  expect(withUnfinished(messages)).toEqual(messages);
});

test('an unfinished answer has a note in the prompt', () => {
  const told = withUnfinished([user('one'), { ...answer('The bridge was'), unfinished: true }]);
  expect(told.map(({ role }) => role)).toEqual(['USER', 'ASSISTANT']);
  expect(told[1]?.content).toMatch(/^The bridge was\n\n\[This answer is unfinished/);
  expect(Object.keys(told[1] ?? {})).toEqual(['role', 'content']);
});

test('a question without an answer gets a note in its place, so that the roles alternate', () => {
  const told = withUnfinished([user('one'), user('two')]);
  expect(told.map(({ role }) => role)).toEqual(['USER', 'ASSISTANT', 'USER', 'ASSISTANT']);
  expect(told[1]?.content).toContain('no answer');
});
