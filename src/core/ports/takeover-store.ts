import type { Usage } from '../turn.ts';
import type { AskedRecord, BegunTurn, OpenCall } from '../turn-records.ts';
import type { Viewer } from '../viewer.ts';

/** How far a running generation is. */
export interface FlushedTurn {
  readonly generationId: string;
  readonly epoch: number;
  readonly content: string;
  /** Absent where it did not change. */
  readonly reasoning?: string;
  /** The model that answers; absent where none does yet. */
  readonly model?: string | null;
  /** Of provider calls that have ended. */
  readonly usage?: Usage;
  /** The provider call that runs; absent where none does. */
  readonly openCall?: OpenCall | null;
}

/** A generation that this replica owns from now on, because its former owner died or released it. */
export interface TakenTurn {
  readonly viewer: Viewer;
  readonly asked: AskedRecord;
  /** With the new epoch. */
  readonly begun: BegunTurn;
  /** The text so far, as the former owner stored it. */
  readonly text: string;
  /** Of all provider calls so far; the one that was under way is counted in it by estimate, as it is stored. */
  readonly usage: Usage;
  /** The model of the call that was under way; null where there was none. */
  readonly lostCall: string | null;
}

export interface TakeOver {
  readonly owner: string;
  readonly leaseMs: number;
  readonly historyLimit: number;
  readonly historyBytes: number;
  /** At most so many at once. */
  readonly limit: number;
  /** True: also those of this owner whose lease runs still. For the start, when the owner's former process is gone. */
  readonly formerLife: boolean;
  /** True: the stored text stays; else it becomes empty with the new epoch, so that an epoch's stored text only grows. */
  readonly keepText: boolean;
  readonly within: TakeoverBounds;
  /** This generation alone, also while its lease runs. */
  readonly only?: string;
  /** True: not while its owner may live and has not told yet whether it calls a model. */
  readonly told?: boolean;
}

/** Past these bounds a generation is interrupted, and taken over no more. */
export interface TakeoverBounds {
  /** How often a turn may be run, twenty handovers apart: one that kills its process must not kill all. */
  readonly attempts: number;
  /** Milliseconds since its lease ended: after that nobody waits for the answer. */
  readonly age: number;
}

/** Answers to judge in place of a replica that died. */
export interface TakeUnjudged
  extends Pick<TakeOver, 'owner' | 'historyLimit' | 'historyBytes' | 'limit' | 'formerLife'> {
  /** Milliseconds in which this replica judges them; after that another does. */
  readonly withinMs: number;
  /** Milliseconds since the answer began, after which nobody judges it any more. */
  readonly age: number;
}

export type UnjudgedTurn = Pick<TakenTurn, 'viewer' | 'asked' | 'begun'>;

export interface TakeoverStore {
  /**
   * Running generations whose lease is over, each for one replica alone, with the next epoch: their former owner's writes are refused
   * from then on. The former owner's open call is counted.
   */
  take(take: TakeOver): Promise<readonly TakenTurn[]>;
  /**
   * Gives up the lease of generations that run here: another replica takes them over at once, and `attempts` does not count it.
   * Writes what a flush writes.
   */
  release(owner: string, turns: readonly FlushedTurn[]): Promise<void>;
  /** Complete answers whose replica should have judged them by now. An evaluation that is stored takes an answer out of these. */
  takeUnjudged(take: TakeUnjudged): Promise<readonly UnjudgedTurn[]>;
  /** Takes answers out of these without an evaluation; `again`: another replica judges them at once. */
  unjudged(generationIds: readonly string[], again: boolean): Promise<void>;
}
