import { expect, test } from 'vitest';
import { decodeText } from './decode.ts';

const decoded = (hex: string) => decodeText(Buffer.from(hex, 'hex'), 1_000_000);

test.each([
  ['names in GBK', 'd0d5c3fb2cc4eac1e42cb3c7cad00ad5c5c8fd2c32332cb1b1bea9', '姓名,年龄,城市\n张三,23,北京'],
  ['names in Big5', 'a96da6572ca67eacf62cabb0a5ab0ab169a4542c32332ca578a55f', '姓名,年紀,城市\n張三,23,台北'],
  ['Russian', 'cff0e8e2e5f22c20ece8f021', 'Привет, мир!'],
  [
    'Russian in capitals',
    'cfd0c8c2c5d220cfd0c8c2c5d220cdcec2cec520ccc8d020d1c5c9d7c0d1',
    'ПРИВЕТ ПРИВЕТ НОВОЕ МИР СЕЙЧАС',
  ],
  ['French', '4c6520636166e920657374206665726de9206a7573717527e0206c756e6469', "Le café est fermé jusqu'à lundi"],
])('%s is told though it is short', (_name, hex, text) => {
  expect(decoded(hex)).toBe(text);
});
