/** The offline judge in a thread of its own: a long answer takes tens of milliseconds, and streams go on beside it. */
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { type Judged, type Judgement, judgeOffline } from './judge.ts';

export type JudgeCalls = { judge: { readonly asked: Judged; readonly answer: Judgement } };

const handlers: Handlers<JudgeCalls> = { judge: (judged) => judgeOffline(judged) };
serve<JudgeCalls>(handlers);
