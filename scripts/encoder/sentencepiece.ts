/** Reads a SentencePiece model: a protocol buffer (sentencepiece_model.proto), of which three fields are needed. */

export interface SentencePieceModel {
  readonly pieces: readonly string[];
  /** Log probabilities. */
  readonly scores: Float32Array;
  /** The normalizer's rules: a Darts double array, and the texts that it points into, each ended by a zero byte. */
  readonly trie: Buffer;
  readonly replacements: Buffer;
}

const PIECES = 1;
const NORMALIZER = 3;
const PIECE = 1;
const SCORE = 2;
const RULES = 2;

export function readSentencePiece(model: Buffer): SentencePieceModel {
  const pieces: string[] = [];
  const scores: number[] = [];
  let rules: Buffer | undefined;
  for (const [field, value] of fieldsOf(model)) {
    if (field === PIECES) {
      const parts = new Map(fieldsOf(value));
      pieces.push(parts.get(PIECE)?.toString('utf8') ?? '');
      scores.push(parts.get(SCORE)?.readFloatLE(0) ?? 0);
    }
    if (field === NORMALIZER) rules = new Map(fieldsOf(value)).get(RULES);
  }
  if (!rules) throw new Error('the model has no rules of normalisation');
  const end = 4 + rules.readUInt32LE(0);
  return { pieces, scores: Float32Array.from(scores), trie: rules.subarray(4, end), replacements: rules.subarray(end) };
}

/** Fields with their bytes; numbers are passed over. */
function* fieldsOf(message: Buffer): Generator<[field: number, value: Buffer]> {
  let at = 0;
  const varint = (): number => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = message[at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const [field, kind] = [Math.floor(tag / 8), tag & 7];
    if (kind === 0) varint();
    else if (kind === 1) yield [field, take(8)];
    else if (kind === 2) yield [field, take(varint())];
    else if (kind === 5) yield [field, take(4)];
    else throw new Error(`wire type ${kind}`);
  }
}
