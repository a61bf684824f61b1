import type { ChatMessage } from '#core/turn.ts';
import { tokensOf } from '../classifier/tokens.ts';

/** An earlier message with its words. The analysers read the last few. */
export interface PastMessage {
  readonly role: ChatMessage['role'];
  readonly content: string;
  readonly tokens: readonly string[];
}

/** Messages that are looked at: enough for what people refer to, and a bound on the time. */
const MOST_MESSAGES = 12;
/** UTF-16 code units read of each message. The start of a long answer shows its topic. */
const MOST_CHARACTERS = 600;

export function pastOf(history: readonly ChatMessage[]): PastMessage[] {
  return history
    .filter(({ role }) => role !== 'SYSTEM')
    .slice(-MOST_MESSAGES)
    .map(({ role, content }) => {
      const read = content.slice(0, MOST_CHARACTERS);
      return { role, content: read, tokens: tokensOf(read) };
    });
}
