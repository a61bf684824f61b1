import { type ErrorCode as Code, ERROR_CATALOGUE } from '#core/errors.ts';
import type { GenerationError as Failure } from '#core/turn.ts';
import { builder } from './builder.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description:
    'Every error a client can meet carries one of these as extensions.code; docs/errors.md lists when and what to do.',
  values: Object.fromEntries(
    Object.entries(ERROR_CATALOGUE).map(([code, { when, remedy }]) => [
      code,
      { value: code, description: `${when} ${remedy}` },
    ]),
  ) as Record<Code, { value: Code; description: string }>,
});

export const GenerationError = builder.objectRef<Failure>('GenerationError').implement({
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode }),
    message: t.exposeString('message'),
    retryable: t.exposeBoolean('retryable'),
    retryAfterMs: t.int({
      nullable: true,
      description: 'Milliseconds after which the same turn may succeed, where the provider names them.',
      resolve: ({ retryAfterMs }) => retryAfterMs ?? null,
    }),
  }),
});
