/** A plugin that harms its process as alerts.test.ts asks: `block` in a question stops the event loop, `hold` takes memory. */
import { definePlugin } from '../../src/core/plugin.ts';

const BLOCKED_MS = 800;
const HELD_BYTES = 1_900_000_000;

const held: Buffer[] = [];

export default definePlugin({
  name: 'faults',
  version: '1.0.0',
  contract: 2,
  setup: () => ({
    generate({ content }, request, next) {
      if (content.includes('block')) {
        const until = performance.now() + BLOCKED_MS;
        while (performance.now() < until);
      }
      if (content.includes('hold') && held.length === 0) held.push(Buffer.alloc(HELD_BYTES, 1));
      return next(request);
    },
  }),
});
