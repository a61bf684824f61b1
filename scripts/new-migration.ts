/**
 * Writes the migration that prisma/schema.prisma needs beyond those there are: node scripts/new-migration.ts NAME
 * Read it before it is committed; partitions, partial indexes and moves of data are written by hand.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { schemaDifference } from './schema-difference.ts';

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('node scripts/new-migration.ts NAME: a name in lower case, such as add_labels');
  process.exit(1);
}
const sql = await schemaDifference();
if (sql === '') {
  console.log('prisma/schema.prisma and prisma/migrations agree: nothing to write');
} else {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = new URL(`../prisma/migrations/${time}_${name}/`, import.meta.url);
  await mkdir(folder);
  await writeFile(new URL('migration.sql', folder), sql);
  console.log(`written: prisma/migrations/${time}_${name}/migration.sql\n\n${sql}`);
}
