import { builder } from './builder.ts';

export const Role = builder.enumType('Role', { values: ['USER', 'OPERATOR'] as const });
