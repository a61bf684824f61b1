/** A judge that has nothing to say, and takes its time: a server can be killed before an answer is judged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { definePlugin } from '../../../src/core/plugin.ts';

export default definePlugin({
  ...{ name: 'slow-judge', version: '1.0.0', contract: 2 },
  setup: () => ({
    async assess() {
      await sleep(3_000);
      return undefined;
    },
  }),
});
