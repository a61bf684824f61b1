/**
 * Prepares a clone before `npm start`, `npm test` and other commands: installs the packages of the lockfile (Node 24 among
 * them) and checks Prisma's committed client against the schema. With `--omit=dev`, as before `npm start`, it
 * installs no development tools; if they are installed, it updates them. Runs on any Node from 18 on, with nothing installed;
 * does nothing if nothing has changed. Uses the JavaScript of older Nodes, so that they too can print what is missing.
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 18) {
  console.error(
    `Parley cannot start: Node ${process.versions.node} is too old; install Node 18 or newer (24 is best).`,
  );
  process.exit(1);
}
import('./bootstrap/make-ready.mjs').then((module) => module.makeReady(major, !process.argv.includes('--omit=dev')));
