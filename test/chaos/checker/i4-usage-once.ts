import { nameOf } from '../history/words.ts';
import { type Invariant, ofKind, short } from './reading.ts';

/** Input tokens that the provider of a run reports for each call. A call that died is estimated: by far less than this. */
export const TOKENS_OF_A_CALL = 100_000;

/** I4: usage is counted once per provider call, also when the client has gone: in the generation, or apart where it was ended elsewhere. */
export const usageOnce: Invariant = ({ records, state }) => {
  const questions = new Map(state.messages.map(({ id, content }) => [id, nameOf(content)]));
  const calls = Map.groupBy(ofKind(records, 'call'), ({ question }) => question);
  const apart = new Map(
    [...Map.groupBy(state.modelCalls, ({ viewer }) => viewer)].map(([viewer, { length }]) => [viewer, length]),
  );
  const counts = (inputTokens: number) => Math.floor(inputTokens / TOKENS_OF_A_CALL);
  const counted = new Map<string, number>();
  const accounted = new Set(
    state.generations.filter(({ inputTokens }) => inputTokens > 0).map((one) => questions.get(one.userMessageId)),
  );
  return state.generations.flatMap(({ id, viewer, userMessageId, inputTokens, status, isCached }) => {
    const question = questions.get(userMessageId) ?? '';
    const made = calls.get(question) ?? [];
    const whole = made.filter((call) => call.whole).length;
    const sum = (counted.get(question) ?? 0) + counts(inputTokens);
    counted.set(question, sum);
    if (sum > whole) return [`${sum} calls are counted for ${question}, its provider ended ${whole}`];
    if (isCached) return [];
    if (status === 'COMPLETE' && counts(inputTokens) === 0)
      return [`generation ${short(id)} is complete and counts no call`];
    // Of two that ask the same, one may have followed the other's call.
    if (status === 'COMPLETE' || made.length === 0 || accounted.has(question)) return [];
    const left = apart.get(viewer) ?? 0;
    apart.set(viewer, left - 1);
    return left > 0 ? [] : [`generation ${short(id)} (${status}) counts nothing of ${made.length} calls`];
  });
};
