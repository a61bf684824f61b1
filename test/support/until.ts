import { setTimeout as sleep } from 'node:timers/promises';

/** As `expect.poll` has it. */
const PATIENCE = 60_000;

/** Waits until the condition holds, outside of a test, where `expect.poll` is not to be had. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${PATIENCE} ms: ${condition}`);
    await sleep(100);
  }
}
