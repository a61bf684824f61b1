import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { settingsSchema } from '#config/settings.ts';
import { buildSchema } from '#schema/index.ts';
import { declaredSettings } from '../src/app/options.ts';
import { builtInPlugins } from '../src/app/plugins.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'THIRD-PARTY.md',
  ...globSync('docs/**/*.md'),
];

test.each(pages)('%s links to existing files', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

test('docs/configuration.md lists every setting with its default, and no other', async () => {
  const told = new Map(
    [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|/gm)].map(
      ([, name, value]) => [name, value],
    ),
  );
  const declared = await declaredSettings(await builtInPlugins(loadSettings({ environment: { PARLEY_ENV: 'test' } })));
  expect([...told.keys()]).toEqual([...Object.keys(settingsSchema), ...declared.map(({ name }) => name)]);
  for (const { name, default: fallback } of declared)
    if (fallback !== undefined) expect(told.get(name), name).toBe(String(fallback));
  for (const [name, schema] of Object.entries(settingsSchema)) {
    const fallback: unknown = schema.safeParse(undefined).data;
    if (typeof fallback === 'string' || typeof fallback === 'number')
      expect(told.get(name), name).toBe(String(fallback));
  }
});

test('.env.production.example has every setting that docker-compose.enhanced.yml leaves open; one may be a comment', async () => {
  const declared = await declaredSettings(await builtInPlugins(loadSettings({ environment: { PARLEY_ENV: 'test' } })));
  const told = new Map(
    [...readFileSync('.env.production.example', 'utf8').matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );
  const compose = readFileSync('docker-compose.enhanced.yml', 'utf8');
  const fixed = new Set([...compose.matchAll(/^ {2,6}([A-Z_]+): (?!\$\{\1-)/gm)].map(([, name = '']) => name));
  const all = [...Object.keys(settingsSchema), ...declared.map(({ name }) => name)];
  const left = all.filter((name) => !fixed.has(name) && name !== 'ROLE');
  expect(
    left.filter((name) => !told.has(name)),
    'add a line to .env.production.example',
  ).toEqual([]);
  const defaults = new Map<string, unknown>([
    ...declared.map((setting) => [setting.name, setting.default] as const),
    ...Object.entries(settingsSchema).map(([name, schema]) => [name, schema.safeParse(undefined).data] as const),
  ]);
  for (const [name, value] of told) {
    if (compose.includes(`${name}: `)) continue; // there it has another one
    const fallback = defaults.get(name);
    if (typeof fallback === 'string' || typeof fallback === 'number') expect(value, name).toBe(String(fallback));
  }
});

test('GraphQL in the docs is valid: operations of curl and of blocks, and fields in a sentence', () => {
  const schema = buildSchema([]);
  const faults = (source: string) =>
    validate(schema, parse(source)).filter(({ message }) => !message.includes('must have a selection')); // an excerpt
  const attempt = (source: string) => {
    try {
      return faults(source);
    } catch {
      return undefined; // no GraphQL
    }
  };
  let read = 0;
  const wrong = pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    const told = [
      ...[...text.matchAll(/"query":"((?:[^"\\]|\\.)*)"/g)].map(([, query]) => JSON.parse(`"${query}"`) as string),
      ...[...text.matchAll(/^ {4}((?:query|mutation|subscription) .*)$|```graphql\n(.*?)```/gms)].map(
        (found) => found[1] ?? found[2] ?? '',
      ),
      ...[...text.matchAll(/`([a-z]\w*(?:\([^`]*\))? \{[^`\n]*\})`/g)].map(([, fields = '']) => `{ ${fields} }`),
    ].map((source) => source.replaceAll(/: …|"…"/g, (value) => (value === '"…"' ? '"x"' : ': "x"')));
    return told.flatMap((source) => {
      const found = attempt(source);
      read += found ? 1 : 0;
      return (found ?? []).map(({ message }) => `${page}: ${source}: ${message}`);
    });
  });
  expect(wrong).toEqual([]);
  expect(read).toBeGreaterThan(10);
});

test('every npm command of the docs exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/(?:`|^ {4})npm (?:run )?([a-z][a-z:-]*)/gm)].map(([, name = '']) => name),
  );
  expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
});
