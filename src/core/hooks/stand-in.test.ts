import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { dryTurn } from '#core/turn/dry-turn.ts';
import type { IntentAnalysis } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';
import { hookContext } from '../../../test/support/plugin-context.ts';
import { definePlugin, type HookContext } from '../plugin.ts';
import type { ServiceAnswer, ServiceCall } from '../ports/services.ts';
import { ServiceCaller } from './service-caller.ts';
import { standIn } from './stand-in.ts';

const viewer: Viewer = { id: 'v', subject: 's', tenant: 't', role: 'USER' };
const turn = dryTurn(viewer, 'Hello', [], new Set());
const analysis = (type: string): IntentAnalysis => ({
  ...{ type, confidence: 1, topic: null, topicShift: false, standaloneQuery: 'Hello', signals: [] },
});
const there = (answer: unknown, others: Partial<ServiceAnswer> = {}): ServiceAnswer => ({
  ...{ answer, notes: [], usage: [], ...others },
});

let addresses: string[];
let ask: (call: ServiceCall) => Promise<unknown>;
let asked: string[];
let here: number;
let plugin: ReturnType<typeof standIn>;
beforeEach(() => {
  addresses = ['http://a'];
  asked = [];
  here = 0;
  const manifest = definePlugin({ name: 'intent', version: '1.0.0', contract: 2, setup: () => ({}) });
  const hooks = {
    understand: () => {
      here += 1;
      return analysis('here');
    },
    health: () => 'fine',
  };
  const caller = new ServiceCaller('intent-tracker', {
    directory: { addresses: () => addresses },
    client: {
      ask: (call) => {
        asked.push(call.address);
        return ask(call as ServiceCall) as Promise<ServiceAnswer>;
      },
    },
    deadlines: { understand: 200 },
  });
  plugin = standIn({ manifest, hooks }, caller);
  ask = async () => there(analysis('there'));
});
const understood = async (context: Partial<HookContext> = {}) =>
  (await plugin.hooks.understand?.(turn, { ...hookContext(), ...context }))?.type;

describe('a plugin with a service in its place', () => {
  test('asks the service while it is discovered, and runs itself while it is not', async () => {
    expect(await understood()).toBe('there');
    expect(here).toBe(0);
    addresses = [];
    expect(await understood()).toBe('here');
    expect(asked).toHaveLength(1);
  });

  test('shares its calls out among the processes of the service', async () => {
    addresses = ['http://a', 'http://b', 'http://c'];
    for (let count = 0; count < 6; count += 1) await understood();
    expect(asked.sort()).toEqual(['http://a', 'http://a', 'http://b', 'http://b', 'http://c', 'http://c']);
  });

  test.each([
    ['fails', async () => Promise.reject(new Error('refused'))],
    ['answers the wrong type', async () => there({ type: 'x' })],
    ['answers nothing that can be read', async () => null],
    ['answers no text for the trace', async () => there(analysis('there'), { notes: [{ outcome: 'OK' } as never] })],
    [
      'answers a usage below zero',
      async () => there(analysis('there'), { usage: [{ model: 'm', inputTokens: -1, outputTokens: 0 }] }),
    ],
    ['is late', () => sleep(5_000, there(analysis('there')), { ref: false })],
  ])('runs itself where the service %s, and tells the trace', async (_case, given) => {
    ask = given;
    const note = vi.fn();
    expect(await understood({ note })).toBe('here');
    expect(note.mock.calls).toEqual([['OK', 'service intent-tracker did not answer; the plugin ran here']]);
  });

  test('leaves a process alone that failed twice in a row, and asks the other', async () => {
    addresses = ['http://a', 'http://b'];
    ask = async ({ address }) => {
      if (address === 'http://a') throw new Error('refused');
      return there(analysis('there'));
    };
    for (let count = 0; count < 10; count += 1) await understood();
    expect(asked.filter((address) => address === 'http://a')).toHaveLength(2);
    expect(here).toBe(2);
  });

  test('aborts the call with the turn, and does not run itself then', async () => {
    const controller = new AbortController();
    let aborted = false;
    ask = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason);
        });
      });
    const answer = understood({ signal: controller.signal });
    await expect.poll(() => asked).toHaveLength(1);
    controller.abort(new Error('cancelled'));
    await expect(answer).rejects.toThrow('cancelled');
    expect([aborted, here]).toEqual([true, 0]);
  });

  test('aborts a call that is late', async () => {
    let late: AbortSignal | undefined;
    ask = ({ signal }) => {
      late = signal;
      return new Promise(() => undefined);
    };
    await understood();
    expect(late?.aborted).toBe(true);
  });

  test('has no answer where the service says that it has none', async () => {
    ask = async () => there(null);
    expect(await understood()).toBeUndefined();
    expect(here).toBe(0);
  });

  test('charges the viewer for the model calls of the service, and passes its notes to the trace', async () => {
    const [note, charge] = [vi.fn(), vi.fn()];
    ask = async () =>
      there(analysis('there'), {
        notes: [{ outcome: 'FAILED', detail: 'no encoder' }],
        usage: [{ model: 'm', inputTokens: 7, outputTokens: 3 }],
      });
    await understood({ note, charge });
    expect(note.mock.calls).toEqual([['FAILED', 'no encoder']]);
    expect(charge.mock.calls).toEqual([['m', { inputTokens: 7, outputTokens: 3 }]]);
  });

  test('tells its health with the processes that stand in', async () => {
    expect(await plugin.hooks.health?.()).toBe('1 of service intent-tracker; fine');
    addresses = [];
    expect(await plugin.hooks.health?.()).toBe('fine');
  });
});
