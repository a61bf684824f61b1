/** Test files that share a process find real timers, whatever a test before them did. */
import { afterEach, vi } from 'vitest';

afterEach(() => void vi.useRealTimers());
