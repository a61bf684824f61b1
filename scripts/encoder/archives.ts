/** Reads zip archives and NumPy's .npy files: as much of both formats as the source of the encoder needs. */
import { inflateRawSync } from 'node:zlib';

const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const STORED = 0;

/** The files of a zip archive by name. Throws where it is none. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== DIRECTORY_END) end -= 1;
  if (end < 0) throw new Error('this is not a zip archive');
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('the zip archive is damaged');
    const [method, packed] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((place) => archive.readUInt16LE(at + place));
    const header = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const data = archive.subarray(start, start + packed);
    files.set(name, method === STORED ? data : inflateRawSync(data));
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}

export interface NumpyArray {
  /** Row after row. */
  readonly values: Float32Array | Float64Array | Uint8Array | Int8Array;
  readonly shape: readonly number[];
}

const TYPES = { '<f4': Float32Array, '<f8': Float64Array, '|u1': Uint8Array, '|i1': Int8Array } as const;

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3. */
export function readNumpy(file: Buffer): NumpyArray {
  if (file.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error('this is not a .npy file');
  const [length, start] = file[6] === 1 ? [file.readUInt16LE(8), 10] : [file.readUInt32LE(8), 12];
  const header = file.toString('latin1', start, start + length);
  const type = header.match(/'descr': '([^']+)'/)?.[1] ?? '';
  const shape = [...(header.match(/'shape': \(([^)]*)\)/)?.[1] ?? '').matchAll(/\d+/g)].map(Number);
  if (!(type in TYPES) || !header.includes("'fortran_order': False"))
    throw new Error(`an array of an unknown kind: ${header.trim()}`);
  const bytes = Uint8Array.from(file.subarray(start + length));
  return { values: new TYPES[type as keyof typeof TYPES](bytes.buffer), shape };
}
