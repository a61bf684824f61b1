/** Holds docs/architecture.md and CONTRIBUTING.md: who imports whom, circles, lengths. Biome says the same of imports, with the remedy. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { circles, functionLengths, type Import, imports, packageOf, sourceFiles, textOf } from './support/source.ts';

/** Which layer may import which others; docs/architecture.md has the same table in words. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: ['config'],
  core: ['core'],
  plugin: ['core'],
  adapter: ['core', 'adapter', 'generated'],
  schema: ['core', 'schema'],
  server: ['core', 'schema', 'server'],
  telemetry: ['config', 'core', 'telemetry'],
  root: ['config', 'core', 'plugin', 'adapter', 'schema', 'server', 'telemetry', 'root'],
  service: ['config', 'core', 'plugin', 'adapter', 'schema', 'server', 'telemetry', 'root', 'service'],
};
/** Packages a layer may use. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  config: ['zod'],
  core: [],
  schema: ['@pothos/core', 'graphql', 'dataloader'],
  server: [
    ...['graphql', 'graphql-yoga', 'graphql-jit', 'graphql-ws', '@graphql-yoga/render-graphiql'],
    ...['ws', 'jose', 'pino', 'pino-elasticsearch', 'prom-client', 'busboy', '@fastify/proxy-addr'],
  ],
  telemetry: ['@opentelemetry/'],
  root: [],
  service: ['@pothos/core', 'graphql', 'jose'],
};
/** A plugin's own libraries. Whatever parses settings is any plugin's: zod. */
const OF_PLUGINS: Readonly<Record<string, readonly string[]>> = {
  retrieval: [
    ...['@elastic/elasticsearch', 'chromadb', 'weaviate-ts-client', 'pg'],
    ...['snowball-stemmers', 'web-tree-sitter'],
  ],
  intent: ['csv-parse', 'yaml'],
  cache: [],
  quality: [],
  routing: [],
};

const MOST_FUNCTION_LINES = 60;
const MOST_FILE_LINES = 300;
const MEDIAN_FILE_LINES = 80;

function layerOf(path: string): string {
  const [top, second, third] = path.split('/');
  if (top === 'config') return 'config';
  if (top === 'services') return 'service';
  if (second === 'plugins') return `plugin/${third}`;
  if (second === 'adapters') return 'adapter';
  return ['core', 'schema', 'server', 'generated', 'telemetry'].includes(second ?? '') ? (second as string) : 'root';
}
const kindOf = (layer: string) => layer.split('/')[0] ?? layer;

/** Why an import is not allowed; undefined where it is. */
function problemOf(found: Import): string | undefined {
  const { file, specifier, target } = found;
  const from = layerOf(file);
  const name = packageOf(found);
  if (name !== undefined) {
    const plugin = /^plugin\/(.*)$/.exec(from)?.[1];
    const allowed = plugin === undefined ? PACKAGES[from] : ['zod', ...(OF_PLUGINS[plugin] ?? [])];
    return !allowed || allowed.some((each) => (each.endsWith('/') ? name.startsWith(each) : name === each))
      ? undefined
      : `${from} does not use ${name}; a library of its own is named in OF_PLUGINS`;
  }
  if (target === undefined) return undefined;
  const to = layerOf(target);
  const isPluginSchema = kindOf(from) === 'plugin' && file.endsWith('/schema.ts') && specifier === '#schema/builder.ts';
  const allowed = from === to || isPluginSchema || MAY_IMPORT[kindOf(from)]?.includes(kindOf(to));
  return allowed ? undefined : `${from} does not import ${to}; npm run check says what to do instead`;
}

test('every file imports only what its layer may, and a plugin only core, its own folder and its own libraries', () => {
  const problems = imports.flatMap((found) => {
    const problem = problemOf(found);
    return problem === undefined ? [] : [`${found.file} imports ${found.specifier}: ${problem}`];
  });
  expect(problems).toEqual([]);
  expect(imports.length).toBeGreaterThan(sourceFiles.length);
});

test('code at run time imports only packages of the run-time installation, and every import resolves', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const unknown = imports.filter((found) => {
    const name = packageOf(found);
    return name !== undefined && !found.isType && dependencies[name] === undefined;
  });
  expect(unknown.map(({ file, specifier }) => `${file}: ${specifier} is no dependency`)).toEqual([]);
});

test('no imports are circular', () => {
  expect(circles().map((files) => files.join(' → '))).toEqual([]);
});

test('only config/load.ts reads the environment, and main.ts adds the compile cache to it', () => {
  expect(sourceFiles.filter((file) => textOf(file).includes('process.env'))).toEqual(['config/load.ts', 'src/main.ts']);
});

test(`no function has over ${MOST_FUNCTION_LINES} lines of its own`, async () => {
  const functions = await functionLengths();
  expect(functions.length).toBeGreaterThan(1_000);
  expect(functions.filter(({ lines }) => lines > MOST_FUNCTION_LINES)).toEqual([]);
});

test(`no file is over ${MOST_FILE_LINES} lines, and the median is under ${MEDIAN_FILE_LINES}`, () => {
  const lengths = sourceFiles.map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }));
  expect(lengths.filter(({ lines }) => lines > MOST_FILE_LINES)).toEqual([]);
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MEDIAN_FILE_LINES);
});

test('no code casts with `as never`', () => {
  expect(sourceFiles.filter((file) => /[\w)\]}'"] as never\b/.test(textOf(file)))).toEqual([]);
});
