import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/**
 * On one core V8 marks the heap in one go. Bit by bit, by threads that have no core of their own, the program stands still for longer
 * (docs/decisions/2026-11-29-streams-under-load.md).
 */
export function fitToOneCore(): void {
  if (availableParallelism() === 1) setFlagsFromString('--no-incremental-marking');
}
