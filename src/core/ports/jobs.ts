export interface JobsDepth {
  readonly running: number;
  readonly waiting: number;
}

/** Work that outlives the request. In process, what was under way at a kill is found again from the store at the next start. */
export interface Jobs {
  /** True where `run` also reaches processes that handle the kind elsewhere. False: it rejects for a kind without a handler here. */
  readonly shared: boolean;
  /** Registers the handler of one kind of job. Its signal aborts at stop. It must be idempotent. */
  handle(
    kind: string,
    handler: (id: string, signal: AbortSignal) => Promise<void>,
    options: { readonly concurrency: number },
  ): void;
  /**
   * The same kind and id while it is queued or running is the same job: resolves when that job has ended, rejects when it failed.
   * Jobs of different owners take turns, so that one with many does not keep the others waiting. `trace`: of a job that another
   * process queued, what `carriedTrace` answered there.
   */
  run(kind: string, id: string, owner?: string, trace?: string): Promise<void>;
  /** How many run here, and how many wait for a place. */
  depth(): Promise<JobsDepth>;
  /** Takes no more, aborts what runs, waits for it. */
  stop(): Promise<void>;
}
