/** What the legs have in common: finding, opening and naming the index that serves, whatever is in it. */
import type { PluginContext } from '#core/plugin.ts';
import type { Engine, Index } from '../engines/engine.ts';
import type { Follower } from './follower.ts';
import { persist } from './persist.ts';

type House = Pick<PluginContext, 'passages' | 'warn'>;
type AnyIndex = Pick<Index<never, never, unknown>, 'position'>;

/** The format that serves. An index that is ahead of the store is of another state of it, restored since: it is made anew. */
export async function servingHere(engine: Engine<AnyIndex>, house: House, signal: AbortSignal): Promise<string | null> {
  const serving = await engine.serving(signal);
  if (serving === null) return null;
  const position = await (await engine.open(serving, signal)).position(signal);
  // Asked last: another replica may write meanwhile, and what it writes was in the store before.
  if (position <= (await house.passages.latestChange())) return serving;
  house.warn(`the index in ${engine.name} is ahead of the database; it is built anew`);
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

/** That the format serves was lost with the index. Where another serves, it is another version's, which is not to be turned out. */
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
  await persist(serve, signal, (error) => house.warn(`the index in ${engine.name} could not be named anew`, error));
}
