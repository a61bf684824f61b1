/** Global ids: base64 of `Type:id`, as Relay has them. */
export type NodeType =
  | 'Viewer'
  | 'Conversation'
  | 'Message'
  | 'Generation'
  | 'Document'
  | 'Passage'
  | 'Evaluation'
  | 'EvaluationSet'
  | 'EvaluationRun'
  | 'ApiKey';

export const encodeId = (type: NodeType, id: string): string => Buffer.from(`${type}:${id}`).toString('base64');

/** Type and id; null for what is no global id. */
export function parseId(globalId: string): { readonly type: string; readonly id: string } | null {
  const text = Buffer.from(globalId, 'base64').toString();
  const separator = text.indexOf(':');
  return separator < 0 ? null : { type: text.slice(0, separator), id: text.slice(separator + 1) };
}

/** The id of a node of this type; for anything else an id that nothing has, so that it is as if it did not exist. */
export function decodeId(type: NodeType, globalId: string): string {
  const parsed = parseId(globalId);
  return parsed?.type === type ? parsed.id : '';
}

export const decodeOptionalId = (type: NodeType, globalId: string | null | undefined): string | null =>
  globalId === null || globalId === undefined ? null : decodeId(type, globalId);
