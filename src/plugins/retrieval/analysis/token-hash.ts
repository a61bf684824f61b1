const FIRST_SEED = 0x811c9dc5;
const SECOND_SEED = 0x9747b28c;

/** A token in 32 bits: two of those that one passage and one question have are the same once in some million times. */
export const tokenHash = (token: string): number => hash(token, FIRST_SEED);
/** Independent of the first; never 0. */
export const secondHash = (token: string): number => hash(token, SECOND_SEED) || 1;

/** MurmurHash3's rounds (Appleby, 2011, public domain) over UTF-16 code units. */
function hash(text: string, seed: number): number {
  let state = seed;
  for (let place = 0; place < text.length; place += 1) {
    let block = Math.imul(text.charCodeAt(place), 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    state ^= Math.imul(block, 0x1b873593);
    state = (state << 13) | (state >>> 19);
    state = (Math.imul(state, 5) + 0xe6546b64) | 0;
  }
  state ^= text.length;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
