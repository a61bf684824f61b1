import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type {
  AskedRecord,
  BeginTurn,
  BegunTurn,
  FlushedTurn,
  OpenCall,
  PresumedCall,
  Store,
  TakeOver,
} from '#core/ports/store.ts';
import { inputEstimate } from '#core/turn/model-attempt.ts';
import { estimateTokens } from '#core/turn/token-estimate.ts';
import type { Viewer } from '#core/viewer.ts';
import { ending, finish, INTERRUPTED, id, open, send, someone } from '../../support/turns.ts';

const asked: AskedRecord = { kind: 'send', documentIds: null, model: null, revision: null, revises: null };
const price = { input: 2_000_000, output: 10_000_000 };
const presumedCall: PresumedCall = { model: 'test:model', price, historyTokens: 1_000 };
const CALL: OpenCall = { model: 'test:model', price, inputTokens: 100, from: 0 };
const NOTHING = { inputTokens: 0, outputTokens: 0, costUsd: 0 };
const used = (inputTokens: number, outputTokens: number) => ({
  ...{ inputTokens, outputTokens },
  costUsd: inputTokens * 2 + outputTokens * 10,
});
const QUESTION = 'Which ships sailed? 哪些船';

export function lostCalls(store: () => Store): void {
  const take = async (of: BegunTurn, others: Partial<TakeOver> = {}) => {
    const taken = await store().takeovers.take({
      ...{ owner: id(), leaseMs: 1, historyLimit: 20, historyBytes: 100_000, limit: 1_000, formerLife: false },
      ...{ keepText: true, within: { attempts: 5, age: 60_000 } },
      ...others,
    });
    return taken.find(({ begun }) => begun.generation.id === of.generation.id);
  };
  const flush = (turn: BegunTurn, others: Partial<FlushedTurn> = {}) =>
    store().generations.flush('owner', 1, [{ generationId: turn.generation.id, epoch: 1, content: '', ...others }]);
  /** A turn whose lease is over soon. */
  const begun = async (others: Partial<BeginTurn> = {}) => {
    const viewer = await someone(store());
    return { viewer, turn: await open(store(), viewer, QUESTION, { leaseMs: 1, asked, ...others }) };
  };
  const over = () => sleep(20);
  const usageOf = async (viewer: Viewer, { generation }: BegunTurn) => {
    const stored = (await store().generations.get(viewer, generation.id))?.usage;
    const { turns: _, ...all } = await store().viewers.usage(viewer, null);
    expect(all).toEqual(stored);
    return stored;
  };

  test('a call that was presumed counts where its server died before it told: the question and what of the history is shown', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'What is a barque? 三桅帆船');
    await finish(store(), first, { content: 'A ship with three masts.' });
    const turn = await send(store(), viewer, first.conversation.id, QUESTION, { leaseMs: 1, asked, presumedCall });
    const little = await send(store(), viewer, first.conversation.id, QUESTION, {
      ...{ leaseMs: 1, asked, presumedCall: { ...presumedCall, historyTokens: 2 } },
    });
    await over();
    const history = ['What is a barque? 三桅帆船', 'A ship with three masts.'];
    const messages = [...history, QUESTION].map((content) => ({ role: 'USER', content }) as const);
    const input = inputEstimate({ system: '', messages, query: '', passages: [] });
    expect(await take(turn)).toMatchObject({ usage: used(input, 0), lostCall: 'test:model' });
    expect((await store().generations.get(viewer, turn.generation.id))?.usage).toEqual(used(input, 0));
    // The other one was taken in the same statement.
    const least = estimateTokens(QUESTION) + 2;
    expect((await store().generations.get(viewer, little.generation.id))?.usage).toEqual(used(least, 0));
  });

  test('none counts where none was presumed, or its server told that none runs', async () => {
    const queued = await begun();
    const told = await begun({ presumedCall });
    await flush(told.turn, { openCall: null });
    await over();
    for (const { viewer, turn } of [queued, told]) {
      await take(turn);
      await store().generations.interruptAbandoned(id(), INTERRUPTED);
      expect(await usageOf(viewer, turn)).toEqual(NOTHING);
    }
  });

  test('a call counts with its request, and with what is stored of its answer and its reasoning', async () => {
    const { viewer, turn } = await begun({ presumedCall });
    const content = '😀 from before, and these are the call’s own words 帆船';
    const [from, reasoning] = [[...content].indexOf('a'), 'Let me think'];
    await flush(turn, { content, reasoning, usage: used(7, 3), openCall: { ...CALL, from } });
    await over();
    const output = estimateTokens([...content].slice(from).join('')) + estimateTokens(reasoning);
    expect(await take(turn)).toMatchObject({ text: content, usage: used(107, 3 + output), lostCall: 'test:model' });
    expect(await usageOf(viewer, turn)).toEqual(used(107, 3 + output));
  });

  test('each server that dies adds its call once; one that dies before it calls adds none', async () => {
    const { viewer, turn } = await begun({ presumedCall });
    await flush(turn, { openCall: CALL });
    await over();
    expect(await take(turn)).toMatchObject({ usage: used(100, 0) });
    await over();
    expect(await take(turn)).toMatchObject({ usage: used(100, 0), lostCall: null });
    await flush(turn, { epoch: 3, usage: used(100, 0), openCall: { ...CALL, inputTokens: 50 } });
    await over();
    expect(await take(turn)).toMatchObject({ usage: used(150, 0), lostCall: 'test:model' });
    expect(await usageOf(viewer, turn)).toEqual(used(150, 0));
  });

  test('the call of a generation that no server resumes any more counts as it is interrupted, once', async () => {
    const abandoned = [await begun({ presumedCall }), await begun({ presumedCall })] as const;
    await flush(abandoned[1].turn, { content: 'four', openCall: CALL });
    await over();
    const beyond = { attempts: 1, age: 60_000 };
    await store().generations.interruptAbandoned(id(), INTERRUPTED, beyond);
    await store().generations.interruptAbandoned(id(), INTERRUPTED, beyond);
    expect(await usageOf(abandoned[0].viewer, abandoned[0].turn)).toEqual(used(estimateTokens(QUESTION), 0));
    expect(await usageOf(abandoned[1].viewer, abandoned[1].turn)).toEqual(used(100, 1));
  });

  test('a model without a price counts its tokens', async () => {
    const { viewer, turn } = await begun();
    await flush(turn, { openCall: { ...CALL, price: null } });
    await over();
    await take(turn);
    expect(await usageOf(viewer, turn)).toEqual({ inputTokens: 100, outputTokens: 0, costUsd: 0 });
  });

  test('a call beside the answers that is told twice counts once', async () => {
    const viewer = await someone(store());
    const call = { id: id(), model: 'test:model', usage: used(3, 1) };
    await store().viewers.charge(viewer, call);
    await store().viewers.charge(viewer, call);
    expect(await store().viewers.usage(viewer, null)).toEqual({ ...used(3, 1), turns: 0 });
  });

  test('an open call beside the answers counts until it is told how it ended, in whatever order the two arrive', async () => {
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const viewer = await someone(store());
      const call = { id: id(), model: 'test:model' };
      const tell = (isOpen: boolean) =>
        store().viewers.charge(
          viewer,
          isOpen ? { ...call, usage: used(9, 0), isOpen } : { ...call, usage: used(3, 1) },
        );
      for (const isOpen of order) {
        await tell(isOpen);
        if (isOpen && order[0]) expect(await store().viewers.usage(viewer, null)).toEqual({ ...used(9, 0), turns: 0 });
      }
      expect(await store().viewers.usage(viewer, null)).toEqual({ ...used(3, 1), turns: 0 });
    }
  });

  test('an answer that ended counts what its server says, and no estimate', async () => {
    const { viewer, turn } = await begun({ presumedCall });
    await flush(turn, { openCall: CALL });
    await store().generations.finish(ending(turn, { usage: used(11, 5) }));
    await over();
    await take(turn);
    await store().generations.interruptAbandoned(id(), INTERRUPTED);
    expect(await usageOf(viewer, turn)).toEqual(used(11, 5));
  });

  test('one that is named is left to its owner until that tells whether it calls a model, or its lease is over', async () => {
    const running = { leaseMs: 60_000, presumedCall };
    const { viewer, turn } = await begun(running);
    const told = (of: BegunTurn) => take(of, { only: of.generation.id, told: true, leaseMs: 60_000 });
    expect(await told(turn)).toBeUndefined();
    await store().generations.flush('owner', 60_000, [
      { generationId: turn.generation.id, epoch: 1, content: '', openCall: null },
    ]);
    expect(await told(turn)).toMatchObject({ usage: NOTHING });
    expect(await told(turn)).toMatchObject({ usage: NOTHING });
    expect(await usageOf(viewer, turn)).toEqual(NOTHING);
    const { turn: dead } = await begun({ presumedCall });
    await over();
    expect(await told(dead)).toMatchObject({ usage: used(estimateTokens(QUESTION), 0) });
    const { turn: silent } = await begun(running);
    expect(await take(silent, { only: silent.generation.id })).toMatchObject({ lostCall: 'test:model' });
  });
}
