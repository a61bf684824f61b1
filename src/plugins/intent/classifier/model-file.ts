/** A file of named linear models: a JSON header, then the arrays in the order of the header. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TypedFeatureRows } from './feature-rows.ts';
import type { LinearModel } from './linear-model.ts';

const MAGIC = 'PARLEY-LINEAR-1\n';

interface Entry extends Pick<LinearModel, 'labels' | 'loss' | 'scaling'> {
  readonly name: string;
  readonly rows: number;
}
interface Header {
  readonly entries: readonly Entry[];
  readonly figures: ModelFile['figures'];
}

/** The content of a model file: models by name, and their figures. */
export interface ModelFile {
  readonly models: Readonly<Record<string, LinearModel>>;
  readonly figures: Readonly<Record<string, number>>;
}

/** The bytes of these models, compressed. */
export function encodeModels(models: ModelFile['models'], figures: ModelFile['figures'] = {}): Uint8Array {
  const entries = Object.entries(models).map(
    ([name, { labels, loss, scaling, rows }]): Entry => ({ name, labels, loss, scaling, rows: rows.size }),
  );
  const header = Buffer.from(JSON.stringify({ entries, figures }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const arrays = Object.values(models).flatMap(({ rows, idf, scales, bias, weights }) =>
    [Uint32Array.from(rows.keys()), idf, scales, bias, weights].map(bytesOf),
  );
  return Buffer.concat([Buffer.from(MAGIC), deflateRawSync(Buffer.concat([length, header, ...arrays]), { level: 9 })]);
}

/** Throws where the bytes are none of these files, or another version. */
export function decodeModels(file: Uint8Array): ModelFile {
  const bytes = Buffer.from(file);
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC) throw new Error('is no model file of this version');
  const body = inflateRawSync(bytes.subarray(MAGIC.length));
  let at = 4 + body.readUInt32LE(0);
  const header = JSON.parse(body.subarray(4, at).toString()) as Header;
  const { entries, figures } = header;
  /** A copy, so that it is aligned. */
  const take = (length: number) => {
    if (at + length > body.length) throw new Error('is cut short');
    at += length;
    return Uint8Array.from(body.subarray(at - length, at)).buffer;
  };
  const models = entries.map(({ name, labels, loss, scaling, rows: count }): [string, LinearModel] => {
    const ids = new Uint32Array(take(count * 4));
    const [idf, scales] = [new Float32Array(take(count * 4)), new Float32Array(take(count * 4))];
    const bias = new Float32Array(take(labels.length * 4));
    const weights = new Int8Array(take(count * labels.length));
    const rows = new TypedFeatureRows(ids);
    return [name, { labels, loss, scaling, rows, idf, scales, bias, weights }];
  });
  return { models: Object.fromEntries(models), figures };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
