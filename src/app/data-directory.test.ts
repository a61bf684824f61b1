import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { privateDirectory } from './data-directory.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-data-directory-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('DATA_DIR is created with the folders above it, closed to other users', () => {
  const path = join(folder, 'a', 'b', 'data');
  expect(privateDirectory(path)).toBe(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(privateDirectory(path)).toBe(path);
});

test('a DATA_DIR that cannot be a folder is named, with its remedy', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const remedy = /DATA_DIR: .* cannot be written: .*; set it to a folder that this user may write to/;
  for (const path of [file, join(file, 'below')]) expect(() => privateDirectory(path)).toThrow(remedy);
  if (process.platform === 'linux') expect(() => privateDirectory('/proc/parley/data')).toThrow(remedy);
});
