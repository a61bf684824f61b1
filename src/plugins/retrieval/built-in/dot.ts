/** dot.wat, assembled; dot.test.ts holds the two together and says how to assemble it anew. */
export const ASSEMBLED =
  'AGFzbQEAAAABCQFgBX9/f39/AAIVAQZwYXJsZXkGbWVtb3J5AgEBgIAEAwIBAAcHAQNkb3QAAAq3AQG0AQIDfwJ7IAJFBEAPCyAEIAJBAnRqIQUDQP0MAAAAAAAAAAAAAAAAAAAAACEIQQAhBiAAIQcDQCABIAZq/QAEACEJIAggB/0ABAAgCf2HAf26Af2uASEIIAggB/0ABBAgCf2IAf26Af2uASEIIAdBIGohByAGQRBqIQYgBiADSQ0ACyAEIAj9GwAgCP0bAWogCP0bAiAI/RsDamo2AgAgASADaiEBIARBBGohBCAEIAVJDQALCw==';

/** The product of the query at `query` with each of `count` rows at `row`, int32 to `out`; see dot.wat. */
export type Dot = (query: number, row: number, count: number, width: number, out: number) => void;

/** Four additions and multiplications an instruction; where the processor has no such instructions, the same one by one. */
export function dotOver(memory: WebAssembly.Memory, assembled: string = ASSEMBLED): Dot {
  const bytes = Buffer.from(assembled, 'base64');
  if (!WebAssembly.validate(bytes)) return plainDot(memory);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { parley: { memory } });
  return exports['dot'] as Dot;
}

function plainDot(memory: WebAssembly.Memory): Dot {
  return (query, row, count, width, out) => {
    const asked = new Int16Array(memory.buffer, query, width);
    const rows = new Int8Array(memory.buffer, row, count * width);
    const products = new Int32Array(memory.buffer, out, count);
    for (let number = 0; number < count; number += 1) {
      let sum = 0;
      const start = number * width;
      for (let place = 0; place < width; place += 1) sum += (asked[place] as number) * (rows[start + place] as number);
      products[number] = sum;
    }
  };
}
