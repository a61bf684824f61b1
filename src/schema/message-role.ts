import { builder } from './builder.ts';

export const MessageRole = builder.enumType('MessageRole', { values: ['USER', 'ASSISTANT', 'SYSTEM'] as const });
