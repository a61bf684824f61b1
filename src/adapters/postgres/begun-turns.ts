/** Turns that have begun, as they stand now, each with the history that it began from. */
import type { BegunTurn } from '#core/ports/store.ts';
import type { ChatMessage, IntentAnalysis, MessageStatus } from '#core/turn.ts';
import { historyAbove } from './begin-sql.ts';
import { type ConversationRow, MESSAGE, MESSAGE_JOINS, type MessageRow, toConversation, toMessage } from './rows.ts';

/** A message of the history; `intent` is a user's message's. */
export type HistoryRow = ChatMessage & { readonly status: MessageStatus; readonly intent: IntentAnalysis | null };

export interface BegunTurnRow extends Record<string, unknown> {
  id: string;
  fingerprint: string | null;
  conversation: ConversationRow;
  question: MessageRow;
  answer: MessageRow;
  history: HistoryRow[];
}

const message = (id: string) =>
  `(SELECT to_json(x) FROM (SELECT ${MESSAGE} FROM messages m ${MESSAGE_JOINS} WHERE m.id = ${id}) x)`;

/** SQL of the turns whose generation, `begun`, fulfils the condition. */
export const begunTurns = (
  condition: string,
  { limit, bytes }: { readonly limit: string; readonly bytes: string },
): string =>
  `SELECT begun.id, begun.fingerprint, to_json(c) AS conversation, ${message('begun.user_message_id')} AS question, ${message('begun.message_id')} AS answer,
     ${historyAbove({ start: 'u.parent_id', before: 'u.depth', after: '-1', limit, bytes })} AS history
   FROM generations begun JOIN conversations c ON c.id = begun.conversation_id JOIN messages u ON u.id = begun.user_message_id
   WHERE ${condition}`;

/** Null where its generation is gone. */
export function toBegunTurn(row: BegunTurnRow): BegunTurn | null {
  const assistantMessage = toMessage(row.answer);
  const { generation } = assistantMessage;
  return (
    generation && {
      created: true,
      conversation: toConversation(row.conversation),
      userMessage: toMessage(row.question),
      assistantMessage,
      generation,
      ...pastOf(row.history),
      summary: null,
    }
  );
}

/** What a turn sees of the messages before it. */
export const pastOf = (rows: readonly HistoryRow[]): Pick<BegunTurn, 'history' | 'previousIntent'> => ({
  history: rows.map(({ role, content, status }) =>
    role === 'ASSISTANT' && status !== 'COMPLETE' ? { role, content, unfinished: true } : { role, content },
  ),
  previousIntent: rows.findLast(({ role }) => role === 'USER')?.intent ?? null,
});
