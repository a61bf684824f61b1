import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerationEvent, LoggedEvent } from '../events.ts';
import type { GenerationRecord, MessageRecord, Store } from '../ports/store.ts';
import { isTerminal } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { type Cursor, formatCursor, parseCursor, STORED_END, STORED_TEXT } from './cursor.ts';

/** The part of the store that it reads. */
export interface StoredMessages {
  readonly messages: Pick<Store['messages'], 'get'>;
}

/** Milliseconds between looks at a generation that runs on another replica. */
const POLL = 300;

/**
 * A generation's events as the store tells them, for when its log is not known here (any more): after a restart, or from a
 * replica that does not run it. Text comes as one snapshot, then as what the store has gained since the last look. Ends with the
 * generation, or when another replica takes it over: that one's log is better.
 */
export async function* storedStream(
  store: StoredMessages,
  viewer: Viewer,
  generation: GenerationRecord,
  after: string | null,
  signal: AbortSignal,
): AsyncIterableIterator<LoggedEvent> {
  let place = parseCursor(after);
  let reasoned: string | null = null;
  let text = '';
  let epoch: number | undefined;
  for (;;) {
    const message = await store.messages.get(viewer, generation.messageId);
    if (!message || signal.aborted) return;
    const { status, content, generation: now } = message;
    if (epoch !== undefined && now && now.epoch > epoch && !isTerminal(status)) return;
    const replaced = now?.epoch === epoch && !content.startsWith(text);
    epoch = now?.epoch;
    if (!replaced) text = content;
    for (const logged of storedEvents(message, place, { reasoned, replaced })) {
      yield logged;
      place = parseCursor(logged.cursor);
    }
    reasoned = message.reasoning ?? '';
    if (isTerminal(status)) return;
    await sleep(POLL, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/**
 * The events of a stored message after a reader's `place`; `reasoned` is the reasoning that this reader has, null if that is not known. `replaced`: the stored text
 * no longer begins with the one that the reader holds. Such a reader gets the right text at the end: before, no cursor could tell one
 * text from the other.
 */
export function storedEvents(
  message: MessageRecord,
  place: Cursor | null,
  { reasoned = null, replaced = false }: { readonly reasoned?: string | null; readonly replaced?: boolean } = {},
): LoggedEvent[] {
  const { generation, content, status } = message;
  if (!generation) return [];
  const { epoch } = generation;
  const known = place !== null && place.epoch === epoch && place.position >= STORED_TEXT;
  const events: LoggedEvent[] = [];
  const add = (position: number, at: Date, event: GenerationEvent) =>
    events.push({ cursor: formatCursor(epoch, position), generationId: generation.id, at: at.getTime(), event });

  // Below what a reader is known by: one who resumes from it gets what there is, whole.
  if (place === null)
    add(STORED_TEXT - 1, generation.startedAt, {
      type: 'generation-started',
      conversationId: message.conversationId,
      userMessageId: generation.userMessageId,
      assistantMessageId: message.id,
      attempt: epoch,
    });
  const reasoning = message.reasoning ?? '';
  const offset = reasoned !== null && reasoning.startsWith(reasoned) ? reasoned.length : 0;
  // A reader that resumes has it once the answer has begun; while the model still thinks it gets it again, from offset 0.
  const isWanted = !known || (reasoned === null ? content === '' && !isTerminal(status) : place.position < STORED_END);
  if (reasoning.length > offset && isWanted)
    add(Math.max(STORED_TEXT, known ? place.position : 0), generation.startedAt, {
      ...{ type: 'reasoning-delta', text: reasoning.slice(offset), offset },
    });
  const held = known ? Math.min(place.position, STORED_END) - STORED_TEXT : 0;
  const textPosition = STORED_TEXT + content.length;
  const isOther = known && place.position < STORED_END - 1 && (replaced || content.length < held);
  if (!known && (content !== '' || place !== null))
    add(textPosition, generation.startedAt, { type: 'text-snapshot', text: content, attempt: epoch });
  else if (isOther) {
    if (isTerminal(status))
      add(STORED_END - 1, generation.startedAt, { type: 'text-snapshot', text: content, attempt: epoch });
  } else if (known && place.position < STORED_END && content.length > held)
    add(textPosition, generation.startedAt, { type: 'text-delta', text: content.slice(held), offset: held });

  if (!isTerminal(status)) return events;
  const endedAt = new Date(generation.startedAt.getTime() + (generation.durationMs ?? 0));
  if (!known || place.position < STORED_END) add(STORED_END, endedAt, terminalEvent(message, generation.error));
  if (message.evaluation && (!known || place.position < STORED_END + 1))
    add(STORED_END + 1, message.evaluation.createdAt, { type: 'evaluation-added', evaluation: message.evaluation });
  return events;
}

export function terminalEvent(message: MessageRecord, error: GenerationRecord['error']): GenerationEvent {
  if (message.status === 'COMPLETE') return { type: 'generation-completed', message };
  if (message.status === 'CANCELLED') return { type: 'generation-cancelled', message };
  return {
    type: 'generation-failed',
    error: error ?? { code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error', retryable: true },
  };
}
