/** kernel.wat, assembled; kernel.test.ts holds the two together and says how to assemble it anew. */
export const ASSEMBLED =
  'AGFzbQEAAAABEgJgBn9/f39/fwBgBX9/f39/AAIVAQZwYXJsZXkGbWVtb3J5AgEBgIAEAwMCAAEHFwIIcHJvZHVjdHMAAAhjb2RlU3VtcwABCvgCAp0BAgN/AXsgAiADQQJ0aiEGIANFBEAPCwNAIAEgAigCACAEbGohCP0MAAAAAAAAAAAAAAAAAAAAACEJQQAhBwNAIAkgACAHav0ABAAgCCAHav0ABAD9ugH9rgEhCSAHQRBqIQcgByAESQ0ACyAFIAn9GwAgCf0bAWogCf0bAiAJ/RsDamo2AgAgBUEEaiEFIAJBBGohAiACIAZJDQALC9YBAgN/BHsgBCACQQV0aiEFIAJFBEAPCwNA/QwAAAAAAAAAAAAAAAAAAAAAIQr9DAAAAAAAAAAAAAAAAAAAAAAhCyAAIQcgASADQQR0aiEGA0AgAf0ABAAhCCAH/QAEACAI/QwPDw8PDw8PDw8PDw8PDw8P/U79DiAH/QAEECAIQQT9bf0O/W4hCSAKIAn9iQH9jgEhCiALIAn9igH9jgEhCyAHQSBqIQcgAUEQaiEBIAEgBkkNAAsgBCAK/QsEACAEIAv9CwQQIARBIGohBCAEIAVJDQALCw==';

/** See kernel.wat; all but `count`, `width` and `groups` are addresses in the memory. */
export interface Kernel {
  products(query: number, rows: number, list: number, count: number, width: number, out: number): void;
  codeSums(tables: number, blocks: number, count: number, groups: number, out: number): void;
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

const plainKernel = (memory: WebAssembly.Memory): Kernel => ({
  products(query, rows, list, count, width, out) {
    const asked = new Int16Array(memory.buffer, query, width / 2);
    const numbers = new Uint32Array(memory.buffer, list, count);
    const products = new Int32Array(memory.buffer, out, count);
    for (let place = 0; place < count; place += 1) {
      const row = new Int16Array(memory.buffer, rows + (numbers[place] as number) * width, width / 2);
      products[place] = row.reduce((sum, value, dimension) => sum + value * (asked[dimension] as number), 0);
    }
  },
  codeSums(tables, blocks, count, groups, out) {
    const picks = new Uint8Array(memory.buffer, tables, groups * 2 * BLOCK);
    const bytes = new Uint8Array(memory.buffer, blocks, count * groups * BLOCK);
    const sums = new Uint16Array(memory.buffer, out, count * BLOCK).fill(0);
    for (const [place, byte] of bytes.entries()) {
      const group = Math.floor(place / BLOCK) % groups;
      const sum = Math.floor(place / (groups * BLOCK)) * BLOCK + (place % BLOCK);
      const table = group * 2 * BLOCK;
      sums[sum] =
        (sums[sum] as number) + (picks[table + (byte & 15)] as number) + (picks[table + BLOCK + (byte >> 4)] as number);
    }
  },
});
