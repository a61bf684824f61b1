/**
 * Makes a fresh clone ready before `npm start`, `npm test` and the like: packages as the lockfile has them (Node 24 among
 * them), and Prisma's client, which is in the repository, as the schema has it. With `--omit=dev`, as before `npm start`, it
 * installs no tools; where they are installed they are kept up to date. Runs on any Node from 18 on, with nothing installed;
 * does nothing where nothing has changed. This file is in the JavaScript of older Nodes, so that they too can say what is missing.
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 18) {
  console.error(
    `Parley cannot start: Node ${process.versions.node} is too old; install Node 18 or newer (24 is best).`,
  );
  process.exit(1);
}
import('./bootstrap/make-ready.mjs').then((module) => module.makeReady(major, !process.argv.includes('--omit=dev')));
