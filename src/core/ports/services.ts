/** Plugins that run as processes of their own: which are there, and how one is asked. */
import type { RetrievalQuery } from '../plugin.ts';
import type { Sample, StageOutcome, Turn, Usage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';

/** The hooks that a service may answer, each with what it is asked about. */
export interface ServiceQuestions {
  readonly understand: Turn;
  readonly assess: Sample;
  readonly retrieve: RetrievalQuery;
}
export type ServiceHook = keyof ServiceQuestions;

/** The services that are alive. */
export interface ServiceDirectory {
  /** The addresses of a service's processes, such as http://10.0.0.7:4000. Never waits: what was last known holds. */
  addresses(service: string): readonly string[];
}

export interface ServiceCall<H extends ServiceHook = ServiceHook> {
  readonly service: string;
  readonly address: string;
  readonly hook: H;
  readonly question: ServiceQuestions[H];
  /** The viewer on whose behalf it is asked. Null: an operation that belongs to no viewer. */
  readonly viewer: Viewer | null;
  /** Milliseconds that the service has. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** A service's answer: untrusted, as a plugin's is. */
export interface ServiceAnswer {
  /** Null: the plugin has no answer to this question. */
  readonly answer: unknown;
  /** Lines for the turn's trace. */
  readonly notes: readonly { readonly outcome: StageOutcome; readonly detail: string }[];
  /** The model calls that it made on the viewer's account. */
  readonly usage: readonly (Omit<Usage, 'costUsd'> & { readonly model: string })[];
}

export interface ServiceClient {
  /** Rejects where the service does not answer, answers an error, or answers something that cannot be read. */
  ask<H extends ServiceHook>(call: ServiceCall<H>): Promise<ServiceAnswer>;
}
