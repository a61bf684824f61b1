import { AppError } from '#core/errors.ts';

export const unauthenticated = (cause?: unknown): AppError =>
  new AppError('UNAUTHENTICATED', 'A valid API key or token is needed: Authorization: Bearer …', { cause });
