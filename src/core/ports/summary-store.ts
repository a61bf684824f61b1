import type { MessageRecord } from '../records.ts';
import type { SummaryRecord } from '../turn-records.ts';
import type { Viewer } from '../viewer.ts';

/** A message that no summary covers yet. */
export type UnsummarisedMessage = Pick<MessageRecord, 'id' | 'depth' | 'role' | 'content' | 'status'>;

/** What branches of conversations said, condensed. A summary goes with the message that it ends with. */
export interface SummaryStore {
  /**
   * The newest summary on the active branch down to this message, and the messages after it, oldest first: at most so many, and
   * none after so many bytes. Null where the message is not the viewer's or not on the active branch.
   */
  unsummarised(
    viewer: Viewer,
    messageId: string,
    most: { readonly messages: number; readonly bytes: number },
  ): Promise<{ readonly summary: SummaryRecord | null; readonly messages: readonly UnsummarisedMessage[] } | null>;
  /** Of the branch that ends with this message. The first one of a message stays; nothing is kept where the message is not the viewer's. */
  add(viewer: Viewer, messageId: string, text: string): Promise<void>;
}
