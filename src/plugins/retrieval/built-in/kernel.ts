/** The assembled kernel.wat. kernel.test.ts compares the two and says how to assemble it again. */
export const ASSEMBLED =
  'AGFzbQEAAAABHQNgBn9/f39/fwBgCH9/f39/fX1/AGAEf399fwF/AhUBBnBhcmxleQZtZW1vcnkCAQGAgAQDBQQAAAECBy8ECnByb2R1Y3RzMTYAAAlwcm9kdWN0czgAAQllc3RpbWF0ZXMAAgZzZWxlY3QAAwqcDATCAwQCfwF7BH8EeyACIANBAnRqIQYgA0UEQA8LA0AgASACKAIAIARsaiEJ/QwAAAAAAAAAAAAAAAAAAAAAIQ0gASACKAIEIARsaiEK/QwAAAAAAAAAAAAAAAAAAAAAIQ4gASACKAIIIARsaiEL/QwAAAAAAAAAAAAAAAAAAAAAIQ8gASACKAIMIARsaiEM/QwAAAAAAAAAAAAAAAAAAAAAIRBBACEHA0AgACAHav0ABAAhCCANIAggCSAHav0ABAD9ugH9rgEhDSAOIAggCiAHav0ABAD9ugH9rgEhDiAPIAggCyAHav0ABAD9ugH9rgEhDyAQIAggDCAHav0ABAD9ugH9rgEhECAHQRBqIQcgByAESQ0ACyANIA79DQABAgMEBQYHEBESExQVFhcgDSAO/Q0ICQoLDA0ODxgZGhscHR4f/a4BIQ0gDyAQ/Q0AAQIDBAUGBxAREhMUFRYXIA8gEP0NCAkKCwwNDg8YGRobHB0eH/2uASEPIAUgDSAP/Q0AAQIDCAkKCxAREhMYGRobIA0gD/0NBAUGBwwNDg8UFRYXHB0eH/2uAf0LBAAgBUEQaiEFIAJBEGohAiACIAZJDQALC8UDBAJ/AXsEfwR7IAIgA0ECdGohBiADRQRADwsDQCABIAIoAgAgBGxqIQn9DAAAAAAAAAAAAAAAAAAAAAAhDSABIAIoAgQgBGxqIQr9DAAAAAAAAAAAAAAAAAAAAAAhDiABIAIoAgggBGxqIQv9DAAAAAAAAAAAAAAAAAAAAAAhDyABIAIoAgwgBGxqIQz9DAAAAAAAAAAAAAAAAAAAAAAhEEEAIQcDQCAAIAdBAXRq/QAEACEIIA0gCCAJIAdq/QEDAP26Af2uASENIA4gCCAKIAdq/QEDAP26Af2uASEOIA8gCCALIAdq/QEDAP26Af2uASEPIBAgCCAMIAdq/QEDAP26Af2uASEQIAdBCGohByAHIARJDQALIA0gDv0NAAECAwQFBgcQERITFBUWFyANIA79DQgJCgsMDQ4PGBkaGxwdHh/9rgEhDSAPIBD9DQABAgMEBQYHEBESExQVFhcgDyAQ/Q0ICQoLDA0ODxgZGhscHR4f/a4BIQ8gBSANIA/9DQABAgMICQoLEBESExgZGhsgDSAP/Q0EBQYHDA0ODxQVFhccHR4f/a4B/QsEACAFQRBqIQUgAkEQaiECIAIgBkkNAAsL5AMCA38Ge/0MDw8PDw8PDw8PDw8PDw8PDyEQIAcgAkEGdGohCCACRQRADwsDQP0MAAAAAAAAAAAAAAAAAAAAACEO/QwAAAAAAAAAAAAAAAAAAAAAIQ8gACEKIAEgA0EEdGohCSADQQFxBEAgAf0ABAAhCyAK/QAEACALIBD9Tv0OIAr9AAQQIAtBBP1t/Q79biENIA39iQEhDiAN/YoBIQ8gCkEgaiEKIAFBEGohAQsgASAJSQRAA0AgAf0ABAAhCyAB/QAEECEMIAr9AAQAIAsgEP1O/Q4gCv0ABBAgC0EE/W39Dv1uIAr9AAQgIAwgEP1O/Q4gCv0ABDAgDEEE/W39Dv1u/W4hDSAOIA39iQH9jgEhDiAPIA39igH9jgEhDyAKQcAAaiEKIAFBIGohASABIAlJDQALCyAHIAT9AAQAIAb9EyAF/RMgDv2pAf37Af3mAf3kAf3mAf0LBAAgByAE/QAEECAG/RMgBf0TIA79qgH9+wH95gH95AH95gH9CwQQIAcgBP0ABCAgBv0TIAX9EyAP/akB/fsB/eYB/eQB/eYB/QsEICAHIAT9AAQwIAb9EyAF/RMgD/2qAf37Af3mAf3kAf3mAf0LBDAgBEHAAGohBCAHQcAAaiEHIAcgCEkNAAsLqAEBA38gAyEFIAFFBEBBAA8LA0AgACAEQQJ0av0ABAAgAv0T/Ub9pAEhBiAGBEAgBSAENgIAIAUgBkEBcUECdGohBSAFIARBAWo2AgAgBSAGQQF2QQFxQQJ0aiEFIAUgBEECajYCACAFIAZBAnZBAXFBAnRqIQUgBSAEQQNqNgIAIAUgBkEDdkEBcUECdGohBQsgBEEEaiEEIAQgAUkNAAsgBSADa0ECdgs=';

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
