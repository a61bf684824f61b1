/** kernel.wat, assembled; kernel.test.ts holds the two together and says how to assemble it anew. */
export const ASSEMBLED =
  'AGFzbQEAAAABHQNgBn9/f39/fwBgCH9/f39/fX1/AGAEf399fwF/AhUBBnBhcmxleQZtZW1vcnkCAQGAgAQDBQQAAAECBy8ECnByb2R1Y3RzMTYAAAlwcm9kdWN0czgAAQllc3RpbWF0ZXMAAgZzZWxlY3QAAwrSBwSdAQIDfwF7IAIgA0ECdGohBiADRQRADwsDQCABIAIoAgAgBGxqIQj9DAAAAAAAAAAAAAAAAAAAAAAhCUEAIQcDQCAJIAAgB2r9AAQAIAggB2r9AAQA/boB/a4BIQkgB0EQaiEHIAcgBEkNAAsgBSAJ/RsAIAn9GwFqIAn9GwIgCf0bA2pqNgIAIAVBBGohBSACQQRqIQIgAiAGSQ0ACwugAQIDfwF7IAIgA0ECdGohBiADRQRADwsDQCABIAIoAgAgBGxqIQj9DAAAAAAAAAAAAAAAAAAAAAAhCUEAIQcDQCAJIAAgB0EBdGr9AAQAIAggB2r9AQMA/boB/a4BIQkgB0EIaiEHIAcgBEkNAAsgBSAJ/RsAIAn9GwFqIAn9GwIgCf0bA2pqNgIAIAVBBGohBSACQQRqIQIgAiAGSQ0ACwvkAwIDfwZ7/QwPDw8PDw8PDw8PDw8PDw8PIRAgByACQQZ0aiEIIAJFBEAPCwNA/QwAAAAAAAAAAAAAAAAAAAAAIQ79DAAAAAAAAAAAAAAAAAAAAAAhDyAAIQogASADQQR0aiEJIANBAXEEQCAB/QAEACELIAr9AAQAIAsgEP1O/Q4gCv0ABBAgC0EE/W39Dv1uIQ0gDf2JASEOIA39igEhDyAKQSBqIQogAUEQaiEBCyABIAlJBEADQCAB/QAEACELIAH9AAQQIQwgCv0ABAAgCyAQ/U79DiAK/QAEECALQQT9bf0O/W4gCv0ABCAgDCAQ/U79DiAK/QAEMCAMQQT9bf0O/W79biENIA4gDf2JAf2OASEOIA8gDf2KAf2OASEPIApBwABqIQogAUEgaiEBIAEgCUkNAAsLIAcgBP0ABAAgBv0TIAX9EyAO/akB/fsB/eYB/eQB/eYB/QsEACAHIAT9AAQQIAb9EyAF/RMgDv2qAf37Af3mAf3kAf3mAf0LBBAgByAE/QAEICAG/RMgBf0TIA/9qQH9+wH95gH95AH95gH9CwQgIAcgBP0ABDAgBv0TIAX9EyAP/aoB/fsB/eYB/eQB/eYB/QsEMCAEQcAAaiEEIAdBwABqIQcgByAISQ0ACwuoAQEDfyADIQUgAUUEQEEADwsDQCAAIARBAnRq/QAEACAC/RP9Rv2kASEGIAYEQCAFIAQ2AgAgBSAGQQFxQQJ0aiEFIAUgBEEBajYCACAFIAZBAXZBAXFBAnRqIQUgBSAEQQJqNgIAIAUgBkECdkEBcUECdGohBSAFIARBA2o2AgAgBSAGQQN2QQFxQQJ0aiEFCyAEQQRqIQQgBCABSQ0ACyAFIANrQQJ2Cw==';

/** See kernel.wat; all but `count`, `width`, `groups`, `unit` and `least` are addresses in the memory. */
export interface Kernel {
  products8(query: number, rows: number, list: number, count: number, width: number, out: number): void;
  products16(query: number, rows: number, list: number, count: number, width: number, out: number): void;
  estimates(
    tables: number,
    blocks: number,
    count: number,
    groups: number,
    scales: number,
    unit: number,
    least: number,
    out: number,
  ): void;
  select(values: number, count: number, least: number, out: number): number;
}

/** Rows a block of codes. */
export const BLOCK = 16;

/** Eight or sixteen numbers an instruction; where the processor has no such instructions, the same one by one. */
export function kernelOver(memory: WebAssembly.Memory, assembled: string = ASSEMBLED): Kernel {
  const bytes = Buffer.from(assembled, 'base64');
  if (!WebAssembly.validate(bytes)) return plainKernel(memory);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { parley: { memory } });
  return exports as unknown as Kernel;
}

const plainProducts =
  (memory: WebAssembly.Memory, Numbers: typeof Int8Array | typeof Int16Array): Kernel['products8'] =>
  (query, rows, list, count, width, out) => {
    const length = width / Numbers.BYTES_PER_ELEMENT;
    const asked = new Int16Array(memory.buffer, query, length);
    const listed = new Uint32Array(memory.buffer, list, count);
    const products = new Int32Array(memory.buffer, out, count);
    for (let place = 0; place < count; place += 1) {
      const row = new Numbers(memory.buffer, rows + (listed[place] as number) * width, length);
      let product = 0;
      for (let dimension = 0; dimension < length; dimension += 1)
        product += (row[dimension] as number) * (asked[dimension] as number);
      products[place] = product;
    }
  };

const plainKernel = (memory: WebAssembly.Memory): Kernel => ({
  products8: plainProducts(memory, Int8Array),
  products16: plainProducts(memory, Int16Array),
  estimates(tables, blocks, count, groups, scales, unit, least, out) {
    const picks = new Uint8Array(memory.buffer, tables, groups * 2 * BLOCK);
    const bytes = new Uint8Array(memory.buffer, blocks, count * groups * BLOCK);
    const sums = new Uint16Array(count * BLOCK);
    for (const [place, byte] of bytes.entries()) {
      const group = Math.floor(place / BLOCK) % groups;
      const sum = Math.floor(place / (groups * BLOCK)) * BLOCK + (place % BLOCK);
      const table = group * 2 * BLOCK;
      sums[sum] =
        (sums[sum] as number) + (picks[table + (byte & 15)] as number) + (picks[table + BLOCK + (byte >> 4)] as number);
    }
    const scaling = new Float32Array(memory.buffer, scales, count * BLOCK);
    const estimates = new Float32Array(memory.buffer, out, count * BLOCK);
    for (const [row, sum] of sums.entries()) estimates[row] = (sum * unit + least) * (scaling[row] as number);
  },
  select(values, count, least, out) {
    const places = new Uint32Array(memory.buffer, out, count);
    let found = 0;
    for (const [place, value] of new Float32Array(memory.buffer, values, count).entries())
      if (value >= least) {
        places[found] = place;
        found += 1;
      }
    return found;
  },
});
