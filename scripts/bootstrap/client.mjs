import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fail } from './fail.mjs';
import { OUR_NODE, wantedPackages } from './packages.mjs';

const SCHEMA = 'prisma/schema.prisma';
const PRISMA = 'node_modules/prisma-cli';
const CLIENT = 'src/generated/prisma/client.ts';
const STAMP = 'src/generated/.stamp';

/** A hash of the inputs of the generated code. */
function wantedStamp() {
  if (!existsSync(SCHEMA)) fail(`${SCHEMA} is missing`, `restore it: git checkout ${SCHEMA}`);
  const version = wantedPackages()[PRISMA]?.version;
  return createHash('sha256').update(readFileSync(SCHEMA)).update(String(version)).digest('hex');
}

export function clientMatches() {
  return existsSync(CLIENT) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wantedStamp();
}

/** Says nothing unless it fails. Needs the tools. */
export function generateClient() {
  if (!existsSync(PRISMA))
    fail(
      'the database client in src/generated is not of this schema',
      'make it by `npm run generate`, which installs the tools',
    );
  const stamp = wantedStamp(); // of the schema as it is now: an edit meanwhile is seen the next time
  const env = {
    ...process.env,
    // Prisma looks for an engine that generating never uses: any file that exists will do, and nothing is downloaded.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const node = existsSync(OUR_NODE) ? OUR_NODE : process.execPath;
  const result = spawnSync(node, [`${PRISMA}/build/index.js`, 'generate', '--no-hints'], {
    encoding: 'utf8',
    env,
  });
  if (result.status !== 0) {
    console.error([result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n'));
    fail('the database client could not be generated', `see above, and correct ${SCHEMA}`);
  }
  mkdirSync('src/generated', { recursive: true });
  writeFileSync(STAMP, stamp);
}
