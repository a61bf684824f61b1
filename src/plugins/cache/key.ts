import { createHash } from 'node:crypto';
import type { Turn } from '#core/turn.ts';
import { normalised } from './spelling.ts';

/** Changes with the form of what is hashed: keys of another version are never met. */
const VERSION = 3;

/** The readers of an entry: one viewer, or everyone in a tenant. */
export type KeyScope = 'viewer' | 'tenant';

/**
 * The key of a turn (32 hex digits of SHA-256): everything that shapes its answer, but the documents, whose part `version` and
 * `grounding` check. The whole history is part of it, with the summary of what came before: a model reads it, whether the question leans on it or not.
 */
export const keyOf = (turn: Turn, scope: KeyScope): string =>
  hashOf([...circumstances(turn, scope), normalised(turn.content)]);

/** What has this in common can answer one another's questions, where these say the same: all of the key but the message. */
export const partitionOf = (turn: Turn, scope: KeyScope): string => hashOf(circumstances(turn, scope));

function circumstances(turn: Turn, scope: KeyScope): readonly unknown[] {
  const { viewer, history, summary, systemPrompt, requestedModel, documentIds, features } = turn;
  return [
    VERSION,
    scope,
    viewer.tenant,
    scope === 'viewer' ? viewer.id : null,
    history.map(({ role, content: text }) => [role, text]),
    summary,
    systemPrompt,
    requestedModel,
    documentIds && [...new Set(documentIds)].sort(),
    [...features].sort(),
  ];
}

const hashOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
