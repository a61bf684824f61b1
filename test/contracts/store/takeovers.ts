import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AskedRecord, BeginTurn, BegunTurn, Store, TakeOver, TakeUnjudged } from '#core/ports/store.ts';
import { ending, finish, INTERRUPTED, id, open, send, someone } from '../../support/turns.ts';
import { REPORT } from './conversations.ts';

const asked: AskedRecord = { kind: 'send', documentIds: null, model: null, revision: null, revises: null };
const USAGE = { inputTokens: 7, outputTokens: 3, costUsd: 0.5 };

export function takeovers(store: () => Store): void {
  const take = async (of: BegunTurn, others: Partial<TakeOver> = {}) => {
    const taken = await store().takeovers.take({
      ...{
        owner: id(),
        leaseMs: 60_000,
        historyLimit: 20,
        historyBytes: 100_000,
        limit: 1_000,
        formerLife: false,
        keepText: true,
      },
      within: { attempts: 3, age: 60_000 },
      ...others,
    });
    return taken.find(({ begun }) => begun.generation.id === of.generation.id);
  };
  const flushed = (turn: BegunTurn, content: string, { epoch = 1, leaseMs = 1 } = {}) =>
    store().generations.flush('owner', leaseMs, [
      { generationId: turn.generation.id, epoch, content, model: 'test:model', usage: USAGE },
    ]);
  /** Of a replica that died with this text. */
  const left = async (content: string, others: Partial<AskedRecord> = {}) => {
    const viewer = await someone(store());
    const before = await open(store(), viewer, 'earlier');
    await finish(store(), before, { content: 'an earlier answer' });
    const turn = await send(store(), viewer, before.conversation.id, 'question', {
      leaseMs: 1,
      asked: { ...asked, ...others },
      features: ['one'],
    });
    await flushed(turn, content);
    await sleep(20);
    return { viewer, turn };
  };

  test('a generation whose lease is over is taken once, with all that its turn needs', async () => {
    const revises = { messageId: id(), overall: 0.25 };
    const { viewer, turn } = await left('so far', { documentIds: [id()], model: 'test:model', revises });
    const both = await Promise.all([take(turn), take(turn)]);
    const [taken, other] = both[0] ? both : both.toReversed();
    expect(other).toBeUndefined();
    expect(taken).toMatchObject({
      viewer: { ...viewer, role: 'USER' },
      asked: { kind: 'send', model: 'test:model', revises },
      text: 'so far',
      usage: USAGE,
      lostCall: null,
      begun: {
        created: true,
        conversation: { id: turn.conversation.id },
        userMessage: { id: turn.userMessage.id, content: 'question' },
        assistantMessage: { id: turn.assistantMessage.id },
        generation: { epoch: 2, features: ['one'] },
        history: [
          { role: 'USER', content: 'earlier' },
          { role: 'ASSISTANT', content: 'an earlier answer' },
        ],
      },
    });
    expect(await take(turn)).toBeUndefined();
  });

  test('the former owner’s writes are refused from then on', async () => {
    const { viewer, turn } = await left('so far');
    const taken = await take(turn);
    expect(await flushed(turn, 'so far and more')).toEqual([turn.generation.id]);
    expect(await store().generations.finish(ending(turn))).toBeNull();
    const stored = await finish(store(), taken?.begun as BegunTurn, { content: 'the answer' });
    expect(stored).toMatchObject({ content: 'the answer', generation: { epoch: 2, status: 'COMPLETE' } });
    expect(await store().messages.get(viewer, turn.assistantMessage.id)).toEqual(stored);
  });

  test('the text so far stays, or becomes empty with the new epoch', async () => {
    for (const keepText of [true, false]) {
      const { viewer, turn } = await left('so far');
      expect(await take(turn, { keepText, leaseMs: 1 })).toMatchObject({ text: 'so far' });
      expect((await store().messages.get(viewer, turn.assistantMessage.id))?.content).toBe(keepText ? 'so far' : '');
      await flushed(turn, 'so far, and more', { epoch: 2 });
      await sleep(20);
      expect(await take(turn)).toMatchObject({ text: 'so far, and more' });
    }
  });

  test('one that runs, has ended, was tried too often, is too old, or does not say what was asked is not taken', async () => {
    const { turn: running } = await left('');
    await flushed(running, 'renewed', { leaseMs: 60_000 });
    const { turn: ended } = await left('');
    await finish(store(), ended);
    const { turn: tried } = await left('');
    const { turn: old } = await left('');
    const viewer = await someone(store());
    const unsaid = await open(store(), viewer, 'unsaid', { leaseMs: 1 });
    await sleep(20);
    expect(await take(tried, { within: { attempts: 1, age: 60_000 } })).toBeUndefined();
    expect(await take(old, { within: { attempts: 3, age: 1 } })).toBeUndefined();
    await take(old);
    const epochs = [running, ended, unsaid, tried, old].map(({ generation }) =>
      store().generations.get({ ...viewer, id: generation.viewerId }, generation.id),
    );
    expect((await Promise.all(epochs)).map((generation) => generation?.epoch)).toEqual([1, 1, 1, 2, 2]);
  });

  test('a handover does not count as one of the times that a turn may be run; a death does', async () => {
    const { viewer, turn } = await left('so far');
    const { id: generationId } = turn.generation;
    const within = { attempts: 2, age: 60_000 };
    const status = async () => {
      await store().generations.interruptAbandoned(id(), INTERRUPTED, within);
      return (await store().generations.get(viewer, generationId))?.status;
    };
    expect((await take(turn, { within }))?.begun.generation.epoch).toBe(2);
    for (const epoch of [2, 3, 4, 5]) {
      await store().takeovers.release('owner', [
        { generationId, epoch, content: `text ${epoch}`, model: null, usage: USAGE },
      ]);
      expect(await status()).toBe('STREAMING');
      const taken = await take(turn, { within, leaseMs: 1 });
      expect(taken).toMatchObject({ text: `text ${epoch}`, begun: { generation: { epoch: epoch + 1 } } });
      expect(taken?.asked).toEqual(asked);
    }
    await store().takeovers.release('owner', [{ generationId, epoch: 5, content: 'late', model: null, usage: USAGE }]);
    await sleep(20);
    expect(await take(turn, { within })).toBeUndefined();
    expect(await status()).toBe('INTERRUPTED');
    expect((await store().messages.get(viewer, turn.assistantMessage.id))?.content).toBe('text 5');
  });

  test('a turn that every replica hands over is interrupted in the end', async () => {
    const { viewer, turn } = await left('so far');
    const { id: generationId } = turn.generation;
    let epoch = 1;
    for (let taken: unknown = true; taken && epoch < 100; epoch += taken ? 1 : 0) {
      await store().takeovers.release('owner', [{ generationId, epoch, content: 'so far', model: null, usage: USAGE }]);
      taken = await take(turn);
    }
    expect(epoch).toBe(23);
    await store().generations.interruptAbandoned(id(), INTERRUPTED, { attempts: 3, age: 60_000 });
    expect((await store().generations.get(viewer, generationId))?.status).toBe('INTERRUPTED');
  });

  test('at a start, what this owner left is taken though its lease runs; others’ is not', async () => {
    const viewer = await someone(store());
    const owner = id();
    const mine = await open(store(), viewer, 'mine', { owner, asked });
    const theirs = await open(store(), viewer, 'theirs', { asked });
    expect(await take(theirs, { owner, formerLife: true, limit: 1 })).toBeUndefined();
    expect((await store().generations.get(viewer, mine.generation.id))?.epoch).toBe(2);
  });

  test('one that is named is taken though its lease runs, and no other one', async () => {
    const viewer = await someone(store());
    const running = await open(store(), viewer, 'running', { asked });
    const { turn: due } = await left('so far');
    expect(await take(due, { only: running.generation.id })).toBeUndefined();
    expect((await store().generations.get(viewer, running.generation.id))?.epoch).toBe(2);
    expect(await take(due)).toBeDefined();
    expect(await take(due, { only: 'no id' })).toBeUndefined();
  });

  test('what is released keeps its text, and is taken at once', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'released', { asked });
    expect(await take(turn)).toBeUndefined();
    await store().takeovers.release('owner', [
      { generationId: turn.generation.id, epoch: 1, content: 'so far', model: null, usage: USAGE },
    ]);
    expect(await take(turn)).toMatchObject({ text: 'so far', lostCall: null, usage: USAGE });
  });

  const unjudged = (others: Partial<TakeUnjudged> = {}) =>
    store().takeovers.takeUnjudged({
      ...{ owner: id(), historyLimit: 20, historyBytes: 100_000, limit: 1_000, formerLife: false },
      ...{ withinMs: 60_000, age: 60_000 },
      ...others,
    });
  /** An answer that its replica should have judged. */
  const answered = async (judgedWithin: number | undefined, others: Partial<BeginTurn> = {}) => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'question', { asked, ...others });
    await finish(store(), turn, { content: 'the answer', ...(judgedWithin === undefined ? {} : { judgedWithin }) });
    const isAmong = async (taking: Partial<TakeUnjudged> = {}) =>
      (await unjudged(taking)).find(({ begun }) => begun.generation.id === turn.generation.id);
    return { viewer, turn, isAmong };
  };

  test('an answer that its replica did not judge in time is taken once, with all that a judge needs', async () => {
    const { viewer, turn, isAmong } = await answered(0);
    await sleep(20);
    const both = await Promise.all([isAmong(), isAmong()]);
    expect(both.filter(Boolean)).toMatchObject([
      {
        ...{ viewer: { ...viewer, role: 'USER' }, asked: { kind: 'send' } },
        begun: { userMessage: { content: 'question' }, assistantMessage: { content: 'the answer' } },
      },
    ]);
    expect((await store().generations.get(viewer, turn.generation.id))?.status).toBe('COMPLETE');
  });

  test('an answer that is judged, is not to be judged, has time, or is too old is not taken to be judged', async () => {
    const judged = await answered(0);
    await store().generations.evaluate(judged.viewer, judged.turn.generation.id, { id: id(), report: REPORT }, []);
    const without = await answered(0);
    await store().takeovers.unjudged([without.turn.generation.id], false);
    const none = await answered(undefined);
    const timely = await answered(60_000);
    await sleep(20);
    for (const { isAmong } of [judged, without, none, timely]) expect(await isAmong()).toBeUndefined();
    const old = await answered(0);
    await sleep(20);
    expect(await old.isAmong({ age: 1 })).toBeUndefined();
    expect(await old.isAmong()).toBeUndefined();
  });

  test('an answer that a replica gives up is judged at once; at a start, what this owner left is too', async () => {
    const given = await answered(60_000);
    await store().takeovers.unjudged([given.turn.generation.id], true);
    await sleep(20);
    expect(await given.isAmong({ withinMs: 0 })).toBeDefined();
    await sleep(20);
    expect(await given.isAmong()).toBeDefined();
    const owner = id();
    const mine = await answered(60_000, { owner });
    expect(await mine.isAmong({ formerLife: true })).toBeUndefined();
    expect(await mine.isAmong({ owner })).toBeUndefined();
    expect(await mine.isAmong({ owner, formerLife: true })).toBeDefined();
  });

  test('what may still be taken over is not interrupted; what may not is', async () => {
    const { viewer, turn } = await left('so far');
    const unsaid = await open(store(), viewer, 'unsaid', { leaseMs: 1 });
    await sleep(20);
    await store().generations.interruptAbandoned(id(), INTERRUPTED, { attempts: 3, age: 60_000 });
    expect((await store().generations.get(viewer, turn.generation.id))?.status).toBe('STREAMING');
    expect((await store().generations.get(viewer, unsaid.generation.id))?.status).toBe('INTERRUPTED');
    await store().generations.interruptAbandoned(id(), INTERRUPTED, { attempts: 1, age: 60_000 });
    expect((await store().messages.get(viewer, turn.assistantMessage.id))?.content).toBe('so far');
    expect((await store().generations.get(viewer, turn.generation.id))?.status).toBe('INTERRUPTED');
  });
}
