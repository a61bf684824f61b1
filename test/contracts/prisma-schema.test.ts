import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { schemaDifference } from '../../scripts/schema-difference.ts';

test('prisma/schema.prisma and prisma/migrations agree', async () => {
  expect(await schemaDifference()).toBe('');
});

test('the difference for a missing column is the SQL that adds it', async () => {
  const schema = await readFile(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
  const changed = schema.replace('model Tombstone {', 'model Tombstone {\n  reason String?');
  expect(await schemaDifference(changed)).toContain('ALTER TABLE "tombstones" ADD COLUMN     "reason" TEXT;');
});
