import { plainKernel } from './plain-kernel.ts';

/** kernel.wat, assembled; kernel.test.ts compares the two and says how to assemble it again. */
export const ASSEMBLED =
  'AGFzbQEAAAABKgZgB39/f39/f38AYAN/f38AYAR/f39/AGACf38BfWAEf39/fQBgAXsBfQITAQdlbmNvZGVyBm1lbW9yeQIAAQMIBwABAgMEBAUHQAYIcHJvZHVjdHMAAANhZGQAAQdyZWx1QWRkAAIGbWF4QWJzAAMIcXVhbnRpemUABA1hZGROb3JtYWxpemVkAAUKtAsH+AYCDH8MeyABRQRADwsgAkEBdCEOIARBAnQhDyADIAIgBGxqIQgDQCADIAJBA3RqIQwgACEKIAYhDSAFIQcgASEJAkAgCUEESQ0AA0AgCiAOaiEQIBAgDmohESARIA5qIRIgAyEL/QwAAAAAAAAAAAAAAAAAAAAAIRf9DAAAAAAAAAAAAAAAAAAAAAAhGP0MAAAAAAAAAAAAAAAAAAAAACEZ/QwAAAAAAAAAAAAAAAAAAAAAIRr9DAAAAAAAAAAAAAAAAAAAAAAhG/0MAAAAAAAAAAAAAAAAAAAAACEc/QwAAAAAAAAAAAAAAAAAAAAAIR39DAAAAAAAAAAAAAAAAAAAAAAhHgNAIAv9AQMAIRQgC/0BAwghFSAK/QkCACEWIBcgFiAU/boB/a4BIRcgGCAWIBX9ugH9rgEhGCAQ/QkCACEWIBkgFiAU/boB/a4BIRkgGiAWIBX9ugH9rgEhGiAR/QkCACEWIBsgFiAU/boB/a4BIRsgHCAWIBX9ugH9rgEhHCAS/QkCACEWIB0gFiAU/boB/a4BIR0gHiAWIBX9ugH9rgEhHiAKQQRqIQogEEEEaiEQIBFBBGohESASQQRqIRIgC0EQaiELIAsgDEkNAAsgB/0JAgAhFiANIBf9+gEgFv3mAf0LBAAgDSAY/foBIBb95gH9CwQQIA0gD2ohDSAH/QkCBCEWIA0gGf36ASAW/eYB/QsEACANIBr9+gEgFv3mAf0LBBAgDSAPaiENIAf9CQIIIRYgDSAb/foBIBb95gH9CwQAIA0gHP36ASAW/eYB/QsEECANIA9qIQ0gB/0JAgwhFiANIB39+gEgFv3mAf0LBAAgDSAe/foBIBb95gH9CwQQIA0gD2ohDSASIQogB0EQaiEHIAlBBGshCSAJQQRPDQALCwJAIAlFDQADQCADIQv9DAAAAAAAAAAAAAAAAAAAAAAhF/0MAAAAAAAAAAAAAAAAAAAAACEYA0AgCv0JAgAhFiAXIBYgC/0BAwD9ugH9rgEhFyAYIBYgC/0BAwj9ugH9rgEhGCAKQQRqIQogC0EQaiELIAsgDEkNAAsgB/0JAgAhFiANIBf9+gEgFv3mAf0LBAAgDSAY/foBIBb95gH9CwQQIA0gD2ohDSAHQQRqIQcgCUEBayEJIAkNAAsLIAwhAyAGQSBqIQYgAyAISQ0ACwtQAQF/IAAgAkECdGohAwNAIAAgAP0ABAAgAf0ABAD95AH9CwQAIAAgAP0ABBAgAf0ABBD95AH9CwQQIABBIGohACABQSBqIQEgACADSQ0ACwtXAQF/IAAgA0ECdGohBANAIAD9DAAAAAAAAAAAAAAAAAAAAAAgAf0ABAD96wEgAv0ABAD95AH9CwQAIABBEGohACABQRBqIQEgAkEQaiECIAAgBEkNAAsLSAIBfwF7IAAgAUECdGohAgNAIAMgAP0ABAD94AH96wEhAyAAQRBqIQAgACACSQ0ACyAD/R8AIAP9HwGXIAP9HwIgA/0fA5eXC1cCAX8BeyAD/RMhBSABIAJBAnRqIQQDQCAAIAH9AAQAIAX95gH9av34ASAB/QAEECAF/eYB/Wr9+AH9hQH9CwQAIABBEGohACABQSBqIQEgASAESQ0ACwvTAQICfwN7IAEgAkECdGohBCABIQUDQCAGIAX9AAQA/eQBIQYgBUEQaiEFIAUgBEkNAAsgBhAGIAKzlf0TIQf9DAAAAAAAAAAAAAAAAAAAAAAhBiABIQUDQCAF/QAEACAH/eUBIQggBiAIIAj95gH95AEhBiAFQRBqIQUgBSAESQ0AC0MAAIA/IAYQBiACs5UgA5KRlf0TIQggASEFA0AgACAA/QAEACAF/QAEACAH/eUBIAj95gH95AH9CwQAIABBEGohACAFQRBqIQUgBSAESQ0ACwsZACAA/R8AIAD9HwGSIAD9HwIgAP0fA5KSCw==';

/**
 * The encoder's inner loops; kernel.wat describes each. All arguments but counts, `inputs`, `outputs`, `factor` and `epsilon` are
 * addresses in the memory, in bytes.
 */
export interface Kernel {
  products(
    rows: number,
    count: number,
    inputs: number,
    matrix: number,
    outputs: number,
    scales: number,
    out: number,
  ): void;
  add(to: number, from: number, count: number): void;
  reluAdd(to: number, values: number, others: number, count: number): void;
  maxAbs(values: number, count: number): number;
  quantize(to: number, values: number, count: number, factor: number): void;
  addNormalized(sum: number, values: number, count: number, epsilon: number): void;
}

/** Uses WebAssembly's SIMD instructions where the processor has them, else the same steps in JavaScript, with the same bits. */
export function kernelOver(memory: WebAssembly.Memory, assembled: string = ASSEMBLED): Kernel {
  const bytes = Buffer.from(assembled, 'base64');
  if (!WebAssembly.validate(bytes)) return plainKernel(memory);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { encoder: { memory } });
  return exports as unknown as Kernel;
}
