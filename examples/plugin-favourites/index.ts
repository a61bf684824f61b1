/**
 * A plugin that keeps something: how often each viewer was answered, shown as a GraphQL field and as a metric. Try it:
 *   PARLEY_PLUGINS=./examples/plugin-favourites/index.ts npm start
 *   curl localhost:4000/graphql -H 'content-type: application/json' -d '{"query":"{ answersToday }"}'
 */
import { definePlugin, type Viewer } from 'parley/plugin';

const DAY = 86_400_000;

export default definePlugin({
  name: 'favourites',
  version: '1.0.0',
  contract: 2,
  feature: { name: 'favourites', default: true },
  metrics: {
    favourites_answers_total: { type: 'counter', help: 'Answers by origin', labels: { origin: ['model', 'cache'] } },
  },

  schema(builder) {
    builder.queryField('answersToday', (t) =>
      t.int({
        nullable: true,
        resolve: (_root, _arguments, { parley, viewer }) => {
          const plugin = parley.plugin('favourites', viewer) as { count(viewer: Viewer): Promise<number> } | undefined;
          return plugin ? plugin.count(viewer) : null;
        },
      }),
    );
  },

  setup({ cache, metrics }) {
    const count = async ({ id }: Viewer) => Number(new TextDecoder().decode((await cache.get(id)) ?? new Uint8Array()));
    return {
      count,

      // Called once an answer is complete and judged; `answer` is what was stored.
      async remember({ viewer }, answer) {
        metrics.add('favourites_answers_total', 1, { origin: answer.cache.hit ? 'cache' : 'model' });
        // In Redis if REDIS_URL is set, so that all replicas share the count; otherwise in memory. A cache may lose it.
        await cache.set(viewer.id, new TextEncoder().encode(String((await count(viewer)) + 1)), {
          ttlMs: DAY,
          tags: [viewer.id],
        });
      },

      // Everything that is kept of a viewer goes when the viewer is erased.
      erase: ({ id }) => cache.clear(id),
    };
  },
});
