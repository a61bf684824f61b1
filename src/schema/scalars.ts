import { AppError } from '#core/errors.ts';
import { Upload } from '#core/services/uploads.ts';
import { builder } from './builder.ts';
import { isoOf } from './instant.ts';

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

builder.scalarType('DateTime', {
  description: 'An instant, ISO 8601, in UTC when it is answered.',
  serialize: (value) => isoOf(value instanceof Date ? value : new Date(value)),
  parseValue: (value) => {
    const date = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : undefined;
    if (!date || Number.isNaN(date.getTime()))
      throw new AppError('BAD_USER_INPUT', 'A DateTime is written like 2026-01-31T12:00:00Z');
    return date;
  },
});

builder.scalarType('File', {
  description: 'A part of a GraphQL multipart request.',
  serialize: () => null,
  parseValue: (value) => {
    if (!(value instanceof Upload))
      throw new AppError('BAD_USER_INPUT', 'A File is sent as a part of a GraphQL multipart request');
    return value;
  },
});

builder.scalarType('JSON', { description: 'Any JSON value: for fields of plugins.' });
