// Stands in for npm in the bootstrap's tests, named by npm_execpath: lays packages out as the lockfile says, notes that it ran.
const { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

appendFileSync('npm.log', `${process.argv.slice(2).join(' ')}\n`);
if (process.env.NPM_FAILS) {
  console.error('npm error network');
  process.exit(1);
}
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.NPM_TAKES ?? 0));
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
rmSync('node_modules', { recursive: true, force: true });
const isOurs = ([path, { optional, dev }]) =>
  path !== '' &&
  !(dev && process.argv.includes('--omit=dev')) &&
  (!optional || path.endsWith(`-${process.platform}-${process.arch}`));
lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(isOurs));
for (const [path, { version }] of Object.entries(lock.packages)) {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ version }));
}
// What Prisma does: the client, or a word on the schema's mistake.
if (lock.packages['node_modules/prisma-cli']) mkdirSync('node_modules/prisma-cli/build');
if (lock.packages['node_modules/prisma-cli'])
  writeFileSync(
    'node_modules/prisma-cli/build/index.js',
    `const fs = require('node:fs');
   fs.appendFileSync('prisma.log', process.argv.slice(2).join(' ') + '\\n');
   if (fs.readFileSync('prisma/schema.prisma', 'utf8').includes('mistake')) { console.error('line 1: a mistake'); process.exit(1); }
   console.log('Generated Prisma Client');
   fs.mkdirSync('src/generated/prisma', { recursive: true });
   fs.writeFileSync('src/generated/prisma/client.ts', '');`,
  );
mkdirSync('node_modules/.bin');
symlinkSync(process.execPath, 'node_modules/.bin/node');
writeFileSync('node_modules/.package-lock.json', JSON.stringify(lock));
