/** The offline judge in its own thread: a long answer takes tens of milliseconds and must not delay streams. */
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { type Judged, type Judgement, judgeOffline } from './judge.ts';

export type JudgeCalls = { judge: { readonly asked: Judged; readonly answer: Judgement } };

const handlers: Handlers<JudgeCalls> = { judge: (judged) => judgeOffline(judged) };
serve<JudgeCalls>(handlers);
