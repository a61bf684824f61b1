import { Thread } from '#core/runtime/thread.ts';
import type { Judged, Judgement } from './judgement.ts';
import type { JudgeCalls } from './worker.ts';

const SCRIPT = new URL('./worker.ts', import.meta.url);
/** Milliseconds without work after which the thread ends. */
const IDLE = 60_000;

/** Asks the offline judge in a thread that exists while it is needed. */
export class JudgeThread {
  #thread: Thread<JudgeCalls> | undefined;
  #running = 0;
  #idle: NodeJS.Timeout | undefined;

  /** Judgements under way and waiting. */
  get waiting(): number {
    return this.#running;
  }

  /** Rejects with ThreadLost if the thread ends, and with the signal's reason when it aborts: then the thread ends too, unless others wait for it. */
  async judge(judged: Judged, signal: AbortSignal): Promise<Judgement> {
    clearTimeout(this.#idle);
    if (!this.#thread?.alive) this.#thread = new Thread<JudgeCalls>(() => undefined, SCRIPT);
    const thread = this.#thread;
    this.#running += 1;
    try {
      return await thread.ask('judge', judged, signal);
    } catch (error) {
      if (signal.aborted && this.#running === 1) await this.stop();
      throw error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle = setTimeout(() => void this.stop(), IDLE).unref();
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }
}
