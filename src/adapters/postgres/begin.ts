import { AppError } from '#core/errors.ts';
import type { BeginTurn, BegunTurn, GenerationStore, MessageRecord } from '#core/ports/store.ts';
import { CACHE_MISS, NO_USAGE } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';
import { CONTINUE, CREATE_AND_SEND, EDIT, REGENERATE, SEND } from './begin-sql.ts';
import { type BegunTurnRow, begunTurns, type HistoryRow, pastOf, toBegunTurn } from './begun-turns.ts';
import { isOtherContent, otherContent } from './create-conversation.ts';
import { type Database, isUniqueViolation, isUuid, json, type Query, whole } from './database.ts';
import { presumedCallJson } from './open-call-sql.ts';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from './rows.ts';

/** The result of the beginning statement: always one row. */
interface BegunRow {
  /** This clientMutationId had begun a turn before. */
  repeated: boolean;
  /** Null where there is no such conversation or message for this viewer. */
  conversation_id: string | null;
  /** False where the message is of the wrong role. */
  fits: boolean | null;
  /** Null, as all the rest, where nothing was written. */
  conversation: ConversationRow | null;
  question: MessageRow | null;
  started_at: Date | null;
  history: HistoryRow[] | null;
  summary: BegunTurn['summary'];
}

/**
 * One statement, and a second one if the clientMutationId is known. If another turn of the same conversation began
 * at the same instant, it starts again with the conversation locked.
 */
export function beginTurn({ query, transaction }: Database): GenerationStore['begin'] {
  return async (viewer, turn) => {
    try {
      const row = await attempt(query, viewer, turn);
      const overtaken = !row.repeated && row.conversation_id !== null && row.fits && !row.conversation;
      return await answer(query, viewer, turn, overtaken ? await locked(transaction, viewer, turn, row) : row);
    } catch (error) {
      // Somebody was quicker with the same clientMutationId.
      const first = isUniqueViolation(error) ? await findEarlier(query, viewer, turn) : null;
      if (!first) throw error;
      return first;
    }
  };
}

function attempt(query: Query, viewer: Viewer, turn: BeginTurn): Promise<BegunRow> {
  const { sql, parameters } = statement(turn);
  return query<BegunRow & Record<string, unknown>>(sql, [
    viewer.id,
    turn.userMessageId,
    turn.assistantMessageId,
    turn.generationId,
    turn.clientMutationId,
    turn.features,
    turn.owner,
    whole(turn.leaseMs),
    whole(turn.historyLimit),
    turn.fingerprint ?? null,
    whole(turn.historyBytes),
    json(turn.asked),
    presumedCallJson(turn.presumedCall ?? null),
    ...parameters,
  ]).then(([row]) => row as BegunRow);
}

/** Parameters from $14 on. A string that is no UUID finds nothing, as null does. */
function statement({ kind }: BeginTurn): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const uuid = (id: string) => (isUuid(id) ? id : null);
  if (kind.type === 'edit') return { sql: EDIT, parameters: [uuid(kind.messageId), kind.content] };
  if (kind.type === 'regenerate') return { sql: REGENERATE, parameters: [uuid(kind.messageId)] };
  if (kind.type === 'continue') {
    const { conversationId, messageId, content } = kind;
    const elsewhere = conversationId !== null && !isUuid(conversationId);
    return {
      sql: CONTINUE,
      parameters: [elsewhere ? null : uuid(messageId), content, elsewhere ? null : conversationId],
    };
  }
  const { conversationId, content, create } = kind;
  return create
    ? { sql: CREATE_AND_SEND, parameters: [conversationId, content, create.title, create.systemPrompt] }
    : { sql: SEND, parameters: [uuid(conversationId), content] };
}

function locked(transaction: Database['transaction'], viewer: Viewer, turn: BeginTurn, { conversation_id }: BegunRow) {
  return transaction(async (run) => {
    await run('SELECT FROM conversations WHERE id = $1 AND viewer_id = $2 FOR NO KEY UPDATE', [
      conversation_id,
      viewer.id,
    ]);
    return attempt(run, viewer, turn);
  });
}

async function answer(query: Query, viewer: Viewer, turn: BeginTurn, row: BegunRow): Promise<BegunTurn | null> {
  if (row.repeated) return findEarlier(query, viewer, turn);
  if (row.fits === false)
    throw new AppError(
      'BAD_USER_INPUT',
      turn.kind.type === 'continue'
        ? 'parentId is not an answer: a message follows an answer; use editMessage for another question beside one'
        : "messageId is not a user's message: only those can be edited; use regenerateMessage for another answer",
    );
  const { conversation, question, started_at: startedAt, history, summary } = row;
  if (!conversation || !question || !startedAt) return null;
  const userMessage = toMessage({
    ...question,
    generation: null,
    feedback: question.feedback ?? null,
    evaluation: null,
  });
  const generation = newGeneration(viewer, turn, userMessage, startedAt);
  const assistantMessage: MessageRecord = {
    ...userMessage,
    id: turn.assistantMessageId,
    parentId: userMessage.id,
    depth: userMessage.depth + 1,
    role: 'ASSISTANT',
    content: '',
    reasoning: null,
    status: 'PENDING',
    intent: null,
    feedback: null,
    generation,
    createdAt: startedAt,
  };
  return {
    created: true,
    conversation: toConversation(conversation),
    userMessage,
    assistantMessage,
    generation,
    ...pastOf(history ?? []),
    summary,
  };
}

const newGeneration = (
  viewer: Viewer,
  turn: BeginTurn,
  { id: userMessageId, conversationId }: MessageRecord,
  startedAt: Date,
): BegunTurn['generation'] => ({
  id: turn.generationId,
  viewerId: viewer.id,
  conversationId,
  userMessageId,
  messageId: turn.assistantMessageId,
  status: 'PENDING',
  epoch: 1,
  model: null,
  route: null,
  cache: CACHE_MISS,
  usage: NO_USAGE,
  stages: [],
  features: turn.features,
  finishReason: null,
  error: null,
  clientMutationId: turn.clientMutationId,
  startedAt,
  firstTokenMs: null,
  durationMs: null,
});

/** The turn that this clientMutationId began, as it stands now, with the history that it began from. */
async function findEarlier(query: Query, viewer: Viewer, turn: BeginTurn): Promise<BegunTurn | null> {
  const [row] = await query<BegunTurnRow>(
    begunTurns('begun.viewer_id = $1 AND begun.client_mutation_id = $2', { limit: '$3', bytes: '$4' }),
    [viewer.id, turn.clientMutationId, whole(turn.historyLimit), whole(turn.historyBytes)],
  );
  if (!row) return null;
  if (isOtherContent(turn.fingerprint, row.fingerprint)) throw otherContent();
  const begun = toBegunTurn(row);
  return begun && { ...begun, created: false };
}
