import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bundledFiles } from '../scripts/bundle.ts';

const GENERATED = 'src/generated/prisma';
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .sort();

test('Prisma’s client is what the schema makes; where it is not: npm run generate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-generated-'));
  cpSync('prisma/schema.prisma', join(folder, 'prisma/schema.prisma'));
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      'node_modules/prisma-cli/build/index.js',
      'generate',
      '--no-hints',
      '--schema',
      join(folder, 'prisma/schema.prisma'),
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    },
  );
  expect(stderr).not.toContain('Error');
  expect(status).toBe(0);
  const made = join(folder, GENERATED);
  expect(filesIn(GENERATED)).toEqual(filesIn(made));
  for (const file of filesIn(made))
    expect(readFileSync(join(GENERATED, file), 'utf8') === readFileSync(join(made, file), 'utf8'), file).toBe(true);
  rmSync(folder, { recursive: true });
});

test('bundled files equal those of their packages; if not: npm run bundle', () => {
  for (const { path, source, compressed } of bundledFiles()) {
    const content = readFileSync(path);
    const same = (compressed ? zstdDecompressSync(content) : content).equals(readFileSync(source));
    expect(same, path).toBe(true);
  }
});

interface Locked {
  readonly dev?: boolean;
}

describe('an installation to run Parley', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
  const needed = Object.entries(packages).flatMap(([path, { dev }]) => (path === '' || dev ? [] : [path]));

  test('contains no development tools', () => {
    for (const tool of [
      'prisma',
      'prisma-cli',
      'typescript',
      'vitest',
      '@biomejs/biome',
      'pdfjs-dist',
      'tree-sitter-cpp',
    ])
      expect(needed).not.toContain(`node_modules/${tool}`);
  });

  test('takes under 450 MB', () => {
    let bytes = 0;
    for (const path of needed)
      for (const entry of statSync(path, { throwIfNoEntry: false }) ? filesOf(path) : []) bytes += entry;
    expect(bytes).toBeGreaterThan(200 * 2 ** 20);
    expect(bytes).toBeLessThan(450 * 2 ** 20);
  });
});

/** Bytes on the disk of each file of a package, without the packages in it. */
function filesOf(path: string): number[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(child);
    return entry.isFile() ? [statSync(child).blocks * 512] : [];
  });
}
