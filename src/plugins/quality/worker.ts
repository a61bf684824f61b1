/** The offline judge in its own thread: a long answer takes tens of milliseconds and must not delay streams. */
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { judgeOffline } from './judge.ts';
import type { Judged, Judgement } from './judgement.ts';

export type JudgeCalls = { judge: { readonly asked: Judged; readonly answer: Judgement } };

const handlers: Handlers<JudgeCalls> = { judge: (judged) => judgeOffline(judged) };
serve<JudgeCalls>(handlers);
