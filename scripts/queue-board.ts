/** `npm run queue-board`: serves BullMQ's queues as a page for operators, on QUEUE_BOARD_PORT, until it is stopped. */
import { loadSettings, SettingsError } from '#config/load.ts';
import { openQueueBoard } from './queue-board/open.ts';

try {
  const board = await openQueueBoard(loadSettings());
  console.log(`The queue board is at ${board.url}; sign in with any name, and an operator's API key as the password`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void board.stop().finally(() => process.exit(0)));
} catch (error) {
  console.error(error instanceof SettingsError || error instanceof Error ? error.message : String(error));
  process.exit(1);
}
