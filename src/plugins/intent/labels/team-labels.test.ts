import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { classify } from './team-classifier.ts';
import { TeamLabels } from './team-labels.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-team-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = ['card', 'loan', 'parcel', 'ticket'].flatMap((item, line) => [
  { text: `where is my ${item}`, label: 'status', line },
  { text: `cancel my ${item}`, label: 'cancel', line },
]);
const fileOf = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.model')) ?? '');

test('labels are learned once, kept in a file, and learned again if the file is damaged or the examples change', async () => {
  const first = new TeamLabels(examples, folder, null);
  expect(first.classifier).toBeNull();
  await first.ready();
  const bytes = readFileSync(fileOf());
  expect(first.classifier && classify(first.classifier, 'cancel my card').label).toBe('cancel');

  const second = new TeamLabels(examples, folder, null);
  await second.ready();
  expect(second.classifier).toEqual(first.classifier);

  writeFileSync(fileOf(), bytes.subarray(0, bytes.length / 2));
  const third = new TeamLabels(examples, folder, null);
  await third.ready();
  expect(third.classifier).toEqual(first.classifier);
  expect(readFileSync(fileOf()).equals(bytes)).toBe(true);

  const other = new TeamLabels(examples.slice(2), folder, null);
  await other.ready();
  expect(readdirSync(folder).filter((name) => name.endsWith('.model'))).toHaveLength(1);
  expect(readFileSync(fileOf()).equals(bytes)).toBe(false);
});
