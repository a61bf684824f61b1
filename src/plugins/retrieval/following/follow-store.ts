import type { PluginContext } from '#core/plugin.ts';
import type { IndexClient } from '../built-in/index-client.ts';

/**
 * Keeps the index up with the store: at once when this process changed passages, and each `every` milliseconds where others do or
 * where the last try failed. Returns the way to stop.
 */
export function followStore(
  index: IndexClient,
  { passages: feed, warn }: Pick<PluginContext, 'passages' | 'warn'>,
  every: number,
): () => void {
  let failing = false;
  const follow = () =>
    void index.catchUp().then(
      () => {
        failing = false;
      },
      (error) => {
        if (!failing) warn('the index could not follow the store; it tries again', error);
        failing = true;
      },
    );
  const stopListening = feed.onChange(follow);
  const timer = setInterval(() => {
    if (feed.shared || failing || !index.ready) follow();
  }, every).unref();

  return () => {
    stopListening();
    clearInterval(timer);
  };
}
