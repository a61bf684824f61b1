/** Builds a turn from a viewer's request: its position in the conversation and its initial values. */

import type { AskedRecord, BeginTurn, RevisedAnswer } from '../ports/store.ts';
import { newId } from '../runtime/identifier.ts';
import { carriedTrace } from '../runtime/work.ts';
import type { SendMessage } from '../services/index.ts';
import { titleOf } from '../services/input.ts';
import type { Revision, Turn, TurnKind } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { OpenTurn } from './pipeline.ts';

export interface Wishes {
  readonly documentIds: readonly string[] | null;
  readonly model: string | null;
}
export const NO_WISHES: Wishes = { documentIds: null, model: null };

export interface AskedTurn {
  readonly kind: BeginTurn['kind'];
  /** All that the request says. */
  readonly request: readonly unknown[];
  readonly clientMutationId: string | null;
  readonly wishes: Wishes;
  /** Absent: those that are on for the viewer now. */
  readonly features?: ReadonlySet<string>;
  readonly revision?: Revision | null;
  readonly revises?: RevisedAnswer | null;
}

/** What another replica needs to resume the turn, beside its messages. */
export function recordOf({ kind, wishes, revision = null, revises = null }: AskedTurn): AskedRecord {
  const trace = carriedTrace();
  return {
    ...{ kind: kindOf(kind), documentIds: grounding(wishes), model: wishes.model, revision, revises },
    ...(trace === undefined ? {} : { trace }),
  };
}

const kindOf = ({ type }: BeginTurn['kind']): TurnKind => (type === 'continue' ? 'send' : type);

/** A message to send goes below the one that it names, to the end of a conversation's active branch, or begins a conversation. */
export function sendingTo({ conversationId, parentId }: SendMessage, content: string): BeginTurn['kind'] {
  if (typeof parentId === 'string') return { type: 'continue', messageId: parentId, conversationId, content };
  const create = conversationId === null ? { title: titleOf(content), systemPrompt: null } : null;
  return { type: 'send', conversationId: conversationId ?? newId(), create, content };
}

/** None named is the same as all. */
export const grounding = ({ documentIds }: Wishes) => (documentIds?.length ? documentIds : null);

export function turnOf(
  viewer: Viewer,
  {
    begun: { conversation, userMessage, assistantMessage, generation, history, previousIntent, summary },
    version,
  }: OpenTurn,
  { kind, documentIds, model, revision }: AskedRecord,
  features: ReadonlySet<string>,
): Turn {
  return {
    ids: {
      conversationId: conversation.id,
      userMessageId: userMessage.id,
      assistantMessageId: assistantMessage.id,
      generationId: generation.id,
    },
    kind,
    viewer,
    systemPrompt: conversation.systemPrompt,
    content: userMessage.content,
    history,
    summary: summary?.text ?? null,
    topic: conversation.topic,
    previousIntent,
    features,
    version,
    documentIds,
    requestedModel: model,
    intent: null,
    query: userMessage.content,
    passages: [],
    route: null,
    revision,
  };
}
