/** Types that refer to each other, named before they are implemented. */
import type { ConversationRecord, GenerationRecord, MessageRecord } from '#core/ports/store.ts';
import { builder } from './builder.ts';

export const Conversation = builder.objectRef<ConversationRecord>('Conversation');
export const Message = builder.objectRef<MessageRecord>('Message');
export const Generation = builder.objectRef<GenerationRecord>('Generation');
