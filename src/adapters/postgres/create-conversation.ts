import { AppError } from '#core/errors.ts';
import type { ConversationStore } from '#core/ports/store.ts';
import type { Database } from './database.ts';
import { CONVERSATION, type ConversationRow, toConversation } from './rows.ts';

export const otherContent = (): AppError =>
  new AppError('CONFLICT', 'This clientMutationId was used with other content; send another one for another request');

/** True if a repeated request differs from the first one. Requests without a fingerprint are not compared. */
export const isOtherContent = (asked: string | null | undefined, first: string | null): boolean =>
  typeof asked === 'string' && first !== null && asked !== first;

/** With a clientMutationId: one statement if it is new, and a second one if it made a conversation before. */
export function createConversation(query: Database['query']): ConversationStore['create'] {
  return async (viewer, { id, title, systemPrompt, request }) => {
    if (!request) {
      const [row] = await query<ConversationRow>(
        `INSERT INTO conversations (id, viewer_id, title, system_prompt) VALUES ($1, $2, $3, $4) RETURNING ${CONVERSATION}`,
        [id, viewer.id, title, systemPrompt],
      );
      return { created: true, conversation: toConversation(row as ConversationRow) };
    }
    const { clientMutationId, fingerprint } = request;
    // Once more where the conversation that it made is deleted at this instant.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const [made] = await query<ConversationRow>(
        `WITH r AS (INSERT INTO conversation_requests (viewer_id, client_mutation_id, fingerprint, conversation_id)
           VALUES ($2, $5, $6, $1) ON CONFLICT DO NOTHING RETURNING conversation_id)
         INSERT INTO conversations (id, viewer_id, title, system_prompt) SELECT conversation_id, $2, $3, $4 FROM r RETURNING ${CONVERSATION}`,
        [id, viewer.id, title, systemPrompt, clientMutationId, fingerprint],
      );
      if (made) return { created: true, conversation: toConversation(made) };
      const [first] = await query<ConversationRow & { fingerprint: string }>(
        `SELECT c.*, r.fingerprint FROM conversation_requests r JOIN conversations c ON c.id = r.conversation_id
         WHERE r.viewer_id = $1 AND r.client_mutation_id = $2`,
        [viewer.id, clientMutationId],
      );
      if (first && first.fingerprint !== fingerprint) throw otherContent();
      if (first) return { created: false, conversation: toConversation(first) };
    }
    throw new AppError('STORE_UNAVAILABLE', 'The conversation was being deleted', { retryAfter: 1 });
  };
}
