import type { PGlite } from '@electric-sql/pglite';

/** Hands messages of PostgreSQL's protocol, whole ones, to the session; resolves with its answer to them, in the order they were given. */
export type Exchange = (messages: Uint8Array) => Promise<Uint8Array>;

/** Uses PGlite's byte stream: its other interfaces parse all answers, and `execProtocolRaw` retains them. */
export function exchangeOver(instance: PGlite): Exchange {
  return async (messages) => {
    const parts: Uint8Array[] = [];
    // Copies: the next part is written over the last.
    await instance.execProtocolRawStream(messages, { onRawData: (part) => parts.push(part.slice()) });
    return joined(parts);
  };
}

/** Copies into its own memory: small Buffers share a large one, all of which would be sent to the other thread. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
