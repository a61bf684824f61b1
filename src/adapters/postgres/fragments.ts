/** A payload of NOTIFY must be shorter than 8,000 bytes. Three bytes are the most that UTF-8 takes for a UTF-16 code unit. */
const LONGEST_BYTES = 7_900;
const PIECE = 2_600;
/** Messages that are not whole yet: more, and the oldest is given up. */
const MOST_UNFINISHED = 1_000;

/** A text as payloads: itself where it fits, else numbered pieces. */
export function fragmentsOf(text: string, newId: () => string): string[] {
  if (text.length <= PIECE || Buffer.byteLength(text) <= LONGEST_BYTES) return [`=${text}`];
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const last = text.charCodeAt(start + PIECE - 1);
    const end = start + PIECE - (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
    pieces.push(text.slice(start, end));
    start = end;
  }
  const id = newId();
  return pieces.map((piece, index) => `+${id} ${index} ${pieces.length} ${piece}`);
}

const FORM = /^\+(\S+) (\d+) (\d+) /;

/** Puts pieces together again. Those of one message arrive in order. */
export class Fragments {
  readonly #unfinished = new Map<string, string[]>();

  /** The text that is whole with this payload; undefined where one is not, or it is none of ours. */
  take(payload: string): string | undefined {
    if (payload.startsWith('=')) return payload.slice(1);
    const match = FORM.exec(payload);
    if (!match) return undefined;
    const [head, id = '', index, count] = match;
    const pieces = this.#unfinished.get(id) ?? [];
    this.#unfinished.delete(id);
    if (pieces.length !== Number(index)) return undefined;
    pieces.push(payload.slice(head.length));
    if (pieces.length === Number(count)) return pieces.join('');
    this.#unfinished.set(id, pieces);
    const [oldest] = this.#unfinished.keys();
    if (this.#unfinished.size > MOST_UNFINISHED && oldest !== undefined) this.#unfinished.delete(oldest);
    return undefined;
  }
}
