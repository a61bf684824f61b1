import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { readCopies, readStages, restOf, variablesOf } from '../../scripts/image/dockerfile.ts';

const text = readFileSync('Dockerfile', 'utf8');
const stages = readStages();
const last = stages.at(-1) ?? [];
const isCopied = readCopies();
const variables = () => variablesOf(restOf(last, 'ENV'));

test('the image starts Parley as npm start does: the same variables and the same flags', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  const [before = '', command = ''] = scripts.start.split(/ exec /);
  expect(JSON.parse(restOf(last, 'CMD'))).toEqual(command.split(' '));
  expect(variables()).toMatchObject(variablesOf(before));
});

test.each(globSync('services/*/Dockerfile'))('%s starts its service as npm run service does', (file) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { service: string } };
  const [, command = ''] = scripts.service.split(/ exec /);
  const cmd = /^CMD (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  expect(JSON.parse(cmd)).toEqual([...command.split(' '), basename(dirname(file))]);
});

test('the image runs as nobody’s user, in production, on all addresses, with its data in a volume of that user', () => {
  expect(restOf(last, 'USER')).toBe('10001:10001');
  expect(variables()).toMatchObject({ PARLEY_ENV: 'production', HOST: '0.0.0.0', DATA_DIR: '/data' });
  expect(restOf(last, 'VOLUME')).toBe('/data');
  expect(
    last.some(({ name, rest }) => name === 'COPY' && rest.includes('--chown=10001:10001') && rest.endsWith(' /data')),
  ).toBe(true);
});

test('each stage is of a pinned image, and the last one runs no command and has no npm', () => {
  const images = stages.map((stage) => restOf(stage, 'FROM').split(' ')[0]);
  expect(images).toHaveLength(2);
  for (const image of images) expect(image).toMatch(/:\d+\.\d+/);
  expect(images.at(-1)).toMatch(/^debian:/);
  expect(last.filter(({ name }) => name === 'RUN')).toEqual([]);
});

test('no secret is in the image: none is an argument or a variable, and .env is not copied', () => {
  expect(stages.flat().filter(({ name }) => name === 'ARG')).toEqual([]);
  expect(text).not.toMatch(/(?:PASSWORD|SECRET|API_KEY|TOKEN)=/);
  expect(isCopied('.env')).toBe(false);
  expect(isCopied('.data/postgres/PG_VERSION')).toBe(false);
});

test('the image has what runs, and neither tests nor tools', () => {
  const needed = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'THIRD-PARTY.md', 'config/production.env'];
  const runs = globSync(['src/**/*', 'services/**/*', 'prisma/migrations/**/*.sql', 'config/*.ts'], {
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(`${process.cwd()}/`, ''));
  expect(runs.length).toBeGreaterThan(300);
  for (const file of [...needed, ...runs, 'scripts/config.ts', 'scripts/ingest.ts', 'scripts/reindex.ts'])
    expect(isCopied(file), file).toBe(!file.endsWith('.test.ts'));
  const left = [
    'test/docs.test.ts',
    'bench/turn.ts',
    'docs/operations.md',
    'scripts/services/services',
    'scripts/train/fit.ts',
  ];
  for (const file of [...left, 'node_modules/pg/package.json', 'README.md']) expect(isCopied(file), file).toBe(false);
});
