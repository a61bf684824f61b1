import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

/** A file that a client sent, on this machine's disk until its request is answered. Only the server makes one: JSON cannot. */
export class Upload {
  readonly path: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;

  constructor({ path, name, mediaType, bytes }: Pick<Upload, 'path' | 'name' | 'mediaType' | 'bytes'>) {
    this.path = path;
    this.name = name;
    this.mediaType = mediaType;
    this.bytes = bytes;
  }
}

/** Bytes of a piece in the store. */
const PIECE = 1 << 20;

export const piecesOf = ({ path }: Upload): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: PIECE });

/** SHA-256 of a file's bytes, as hex. */
export async function hashOf(file: Upload): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(file)) hash.update(piece);
  return hash.digest('hex');
}

/** The file's name without folders and extension. */
export function titleOf({ name }: Pick<Upload, 'name'>): string {
  const base = basename(name.replaceAll('\\', '/')).trim();
  return base.replace(/(?<=.)\.[^.]{1,10}$/, '') || 'A file';
}
