import { GraphQLError, type GraphQLErrorOptions, parse } from 'graphql';
import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { maskError } from './errors.ts';

const { definitions } = parse('{ a }');
const located = (originalError: Error, options: GraphQLErrorOptions = {}) =>
  new GraphQLError(originalError.message, { path: ['a'], nodes: [...definitions], originalError, ...options });

test.each([
  ['an AppError keeps its words', located(new AppError('CONFLICT', 'told')), 'told', 'CONFLICT'],
  [
    'reports a mistake in the document',
    new GraphQLError('told', { nodes: [...definitions] }),
    'told',
    'BAD_USER_INPUT',
  ],
  ['a mistake in a variable is told', new GraphQLError('told'), 'told', 'BAD_USER_INPUT'],
  [
    'reports a mistake in an argument found during execution',
    located(new GraphQLError('told', { nodes: [...definitions] })),
    'told',
    'BAD_USER_INPUT',
  ],
  [
    'a value that a scalar cannot answer is not',
    located(new GraphQLError('secret')),
    'Unexpected error',
    'INTERNAL_SERVER_ERROR',
  ],
  [
    'null where it may not be is not',
    new GraphQLError('secret', { path: ['a'] }),
    'Unexpected error',
    'INTERNAL_SERVER_ERROR',
  ],
  ['any other error is not', located(new TypeError('secret')), 'Unexpected error', 'INTERNAL_SERVER_ERROR'],
  ['what is no error is not', 'secret', 'Unexpected error', 'INTERNAL_SERVER_ERROR'],
])('%s', (_title, error, message, code) => {
  const masked = maskError(error, 'the-request');
  expect(masked).toMatchObject({ message, extensions: { code } });
  expect(masked.extensions.requestId).toBe(code === 'INTERNAL_SERVER_ERROR' ? 'the-request' : undefined);
  expect(JSON.stringify(masked)).not.toContain('secret');
});

test('reports when to retry', () => {
  const error = new AppError('RATE_LIMITED', 'later', { retryAfter: 3 });
  expect(maskError(error, 'r').extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: 3 });
});
