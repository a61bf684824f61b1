import { expect, test } from 'vitest';
import { redactor } from './redact.ts';

const redact = redactor(['correct-horse-battery', 'k1']);

test.each([
  ['connect to postgresql://ann:hunter2@db:5432/parley failed', 'hunter2'],
  ['GET https://token-of-mine@example.org/x', 'token-of-mine'],
  ['authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
  ['Incorrect API key provided: sk-proj-1234567890', 'sk-proj-1234567890'],
  ['password=hunter2&user=ann', 'hunter2'],
  ['{"apiKey":"s3cr3t-value"}', 's3cr3t-value'],
  ['a token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln', 'c2ln'],
  ['said correct-horse-battery in passing', 'correct-horse-battery'],
  ['invalid input syntax for type json: "my mother is ill"', 'mother'],
  ['Unexpected token \'m\', "mother" is ill..." is not valid JSON', 'ill...'],
  ['无效的输入："我的母亲病了"', '母亲病了"'],
])('%s', (message, secret) => {
  expect(redact(message)).not.toContain(secret);
});

test('an error that repeats what was asked loses it, whole or in part', () => {
  const texts = ['My mother is ill. What can I give her against the fever?', 'Give her water.'];
  expect(redact(`cannot read ${texts[0]}`, texts)).toBe('cannot read …');
  expect(redact('no idea: What can I give her against the fever', texts)).toBe('no idea: …');
  expect(redact('no idea: Give her water', texts)).toBe('no idea: …');
});

test('names, codes and addresses stay', () => {
  for (const message of [
    'relation "conversations" does not exist',
    'connect ECONNREFUSED 127.0.0.1:5432',
    "Cannot find module './x.ts'",
  ])
    expect(redact(message)).toBe(message);
});

test('a long message takes time in proportion to its length', () => {
  for (const part of ['a://', '"', 'password ', 'Bearer ', 'eyJ', 'key-'])
    expect(redact(part.repeat(100_000)).length).toBeLessThan(600);
});
