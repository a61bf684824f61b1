import { randomUUID, randomUUIDv7 } from 'node:crypto';

/**
 * The same text in one piece. Node joins a UUID of its bytes, and V8 keeps the chain of what was joined: half a kilobyte an identifier
 * for as long as it lives.
 */
const inOnePiece = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

/** UUID of version 7, which sorts by time: https://www.rfc-editor.org/rfc/rfc9562#section-5.7 */
export const newId = (): string => inOnePiece(randomUUIDv7());

/** UUID of version 4, for what is not stored. */
export const newRequestId = (): string => inOnePiece(randomUUID());
