import type { ChatMessage, Turn } from '../turn.ts';
import type { Viewer } from '../viewer.ts';

/** A turn that is not stored: for asking a plugin's hook outside of a conversation. */
export const dryTurn = (
  viewer: Viewer,
  content: string,
  history: readonly ChatMessage[],
  features: ReadonlySet<string>,
): Turn => ({
  ids: null,
  kind: 'send',
  viewer,
  systemPrompt: null,
  content,
  history,
  summary: null,
  topic: null,
  previousIntent: null,
  features,
  version: '',
  documentIds: null,
  requestedModel: null,
  intent: null,
  query: content,
  passages: [],
  route: null,
  revision: null,
});
