import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientMatches, generateClient } from './client.mjs';
import { fail, reasonOf } from './fail.mjs';
import { withLock } from './lock.mjs';
import { checkPlatform, installPackages, packagesMatch } from './packages.mjs';

/** Takes the running Node's major version. Ends the process where it cannot make the folder ready. */
export function makeReady(major) {
  process.chdir(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  try {
    checkPlatform(major);
    if (packagesMatch(major) && clientMatches()) return;
    withLock(() => {
      if (!packagesMatch(major)) installPackages(major);
      if (!clientMatches()) generateClient();
    });
  } catch (error) {
    fail(reasonOf(error), 'check that this folder is complete (git status) and may be written to');
  }
}
