/** The common part of the legs: finding, opening and naming the index that serves. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginContext } from '#core/plugin.ts';
import type { Engine, Index } from '../engines/engine.ts';
import type { Follower } from './follower.ts';
import { persist } from './persist.ts';

type House = Pick<PluginContext, 'passages' | 'warn'>;
type AnyIndex = Pick<Index<never, never, unknown>, 'position'>;

/** The format that serves. An index ahead of the store belongs to another state of it (a restored backup): it is created again. */
export async function servingHere(engine: Engine<AnyIndex>, house: House, signal: AbortSignal): Promise<string | null> {
  const serving = await engine.serving(signal);
  if (serving === null) return null;
  const position = await (await engine.open(serving, signal)).position(signal);
  // Asked last: another replica may write meanwhile, and what it writes was in the store before.
  if (position <= (await house.passages.latestChange())) return serving;
  house.warn(`the index in ${engine.name} is ahead of the database; it is rebuilt`);
  await engine.clear(signal);
  return null;
}

/** Opens again and again while engine or model are down: `opening`. `tried` resolves when it was tried once: where they answer, it is open. */
export function openAgain(
  open: () => Promise<void>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): { readonly opening: Promise<boolean>; readonly tried: Promise<void> } {
  const { promise: tried, resolve } = Promise.withResolvers<void>();
  const opening = persist(open, signal, (error) => {
    onFailure(error);
    resolve();
  });
  void opening.then(() => resolve());
  return { opening, tried };
}

/** Resolves once a leg has all that the store had at the call, and an index of it serves. */
export async function completeOf(
  leg: { readonly open: boolean; upToNow(signal: AbortSignal): Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  await leg.upToNow(signal);
  while (!leg.open) await sleep(20, undefined, { signal });
}

/** The index was lost together with its role as the serving one. If another index serves, another version wrote it: it stays. */
export async function serveAgain(
  engine: Engine<AnyIndex>,
  format: string,
  follower: Pick<Follower<never>, 'upToNow'>,
  house: House,
  signal: AbortSignal,
): Promise<void> {
  const serve = async () => {
    await follower.upToNow(signal);
    if ((await engine.serving(signal)) === null) await engine.serve(format, signal);
  };
  await persist(serve, signal, (error) => house.warn(`the index in ${engine.name} could not be named again`, error));
}
