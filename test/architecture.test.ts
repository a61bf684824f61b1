import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';

/** Which layer may import which others; docs/architecture.md has the same table in words. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  config: ['config'],
  core: ['core'],
  plugin: ['core'],
  adapter: ['core', 'adapter', 'generated'],
  schema: ['core', 'schema'],
  server: ['core', 'schema', 'server'],
  root: ['config', 'core', 'plugin', 'adapter', 'schema', 'server', 'root'],
};
/** Packages a layer may use; where it is not named here, any. */
const PACKAGES: Record<string, RegExp> = {
  config: /^(node:|zod$)/,
  core: /^node:/,
  schema: /^(@pothos\/|graphql$|dataloader$)/,
  server: /^(node:|graphql|@graphql-yoga\/|ws$|jose$|pino$|prom-client$|busboy$)/,
};

function layerOf(path: string): string {
  const [top, second, third] = path.split('/');
  if (top === 'config') return 'config';
  if (second === 'plugins') return `plugin/${third}`;
  if (second === 'adapters') return 'adapter';
  return ['core', 'schema', 'server', 'generated'].includes(second ?? '') ? (second as string) : 'root';
}
const kindOf = (layer: string) => layer.split('/')[0] ?? layer;

const files = globSync(['src/**/*.ts', 'config/**/*.ts']).filter(
  (file) => !file.includes('generated') && !file.endsWith('.test.ts'),
);
const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from\s+|import\s+|import\()'([^']+)'/g)].map(([, specifier = '']) => ({
    file,
    specifier,
  })),
);
const aliases: Record<string, string> = { '#core': 'src/core', '#config': 'config', '#schema': 'src/schema' };

test.each(files)('%s imports only what its layer may', (file) => {
  const from = layerOf(file);
  for (const { specifier } of imports.filter((found) => found.file === file)) {
    const [alias = ''] = specifier.split('/');
    const target = aliases[alias]
      ? specifier.replace(alias, aliases[alias])
      : specifier.startsWith('.')
        ? posix.join(posix.dirname(file), specifier)
        : undefined;
    if (target === undefined) {
      expect(PACKAGES[kindOf(from)]?.test(specifier) ?? true, `${specifier} in ${from}`).toBe(true);
      continue;
    }
    const to = layerOf(target);
    const pluginSchema = kindOf(from) === 'plugin' && file.endsWith('/schema.ts') && to === 'schema';
    expect(
      from === to || pluginSchema || MAY_IMPORT[kindOf(from)]?.includes(kindOf(to)),
      `${specifier} in ${from}`,
    ).toBe(true);
  }
});

test('only config/load.ts reads the environment', () => {
  const readers = files.filter((file) => readFileSync(file, 'utf8').includes('process.env'));
  expect(readers).toEqual(['config/load.ts']);
});

test('no file is over 400 lines, and the median is under 90', () => {
  const lengths = files.map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length }));
  expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(90);
});
