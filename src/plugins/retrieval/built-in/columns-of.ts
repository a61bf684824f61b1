import { DamagedFile, FilePart } from './file-part.ts';
import type { Column, Snapshot } from './snapshot.ts';

/** The types of a file's columns. */
const KINDS = { bytes: Uint8Array, numbers: Uint32Array, floats: Float32Array, file: FilePart } as const;
interface Read {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly numbers: Uint32Array;
  readonly floats: Float32Array;
  readonly file: FilePart;
}
type Kinds = Readonly<Record<string, keyof Read>>;

/** Columns of a file by their names. Throws DamagedFile where one is missing, or of another kind. */
export function columnsOf<const K extends Kinds>(
  columns: Snapshot['columns'],
  kinds: K,
): { readonly [Name in keyof K]: Read[K[Name]] } {
  const found: Record<string, Column | FilePart> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const column = columns[name];
    if (!(column instanceof KINDS[kind])) throw new DamagedFile(`the index's file has no column ${name} of ${kind}`);
    found[name] = column;
  }
  return found as { readonly [Name in keyof K]: Read[K[Name]] };
}

/** The names behind the numbers. Throws DamagedFile if they are not names. */
export function namesOf<const K extends string>(
  value: unknown,
  lists: readonly K[],
): { readonly [Name in K]: string[] } {
  const names = (value ?? {}) as Readonly<Record<string, unknown>>;
  for (const list of lists)
    if (!Array.isArray(names[list])) throw new DamagedFile(`the index's file has no names of ${list}`);
  return names as { readonly [Name in K]: string[] };
}
