import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientMatches, generateClient } from './client.mjs';
import { fail, reasonOf } from './fail.mjs';
import { withLock } from './lock.mjs';
import { checkPlatform, installPackages, packagesMatch, toolsInstalled } from './packages.mjs';

/** Takes the running Node's major version, and whether tools are wanted too. Ends the process where it cannot make the folder ready. */
export function makeReady(major, wantsTools) {
  process.chdir(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  try {
    checkPlatform(major);
    const tools = wantsTools || toolsInstalled();
    if (packagesMatch(major, tools) && clientMatches()) return;
    withLock(() => {
      if (!packagesMatch(major, tools)) installPackages(major, tools);
      if (!clientMatches()) generateClient();
    });
  } catch (error) {
    fail(reasonOf(error), 'check that this folder is complete (git status) and may be written to');
  }
}
