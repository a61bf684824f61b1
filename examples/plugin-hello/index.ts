/**
 * A third party's plugin, whole: a hook, a GraphQL field and a setting. Try it:
 *   PARLEY_PLUGINS=./examples/plugin-hello/index.ts HELLO_NAME=Ada ENABLE_INTENT_TRACKING=false npm start
 *   curl localhost:4000/graphql -H 'content-type: application/json' -d '{"query":"{ hello }"}'
 */
import { definePlugin } from 'parley/plugin';
import { z } from 'zod';

const GREETING = /^\s*(hi|hello|hey|你好|您好)\b|^(你好|您好)/i;

export default definePlugin({
  name: 'hello',
  version: '1.0.0',
  contract: 2,
  // A switch: ENABLE_HELLO=false, or setFeature at run time, and neither the hook nor the field does anything.
  feature: { name: 'hello', default: true },
  settings: { HELLO_NAME: z.string().min(1).max(50).default('world') },

  // Adds GraphQL fields. While the plugin is off for the viewer, `plugin` returns undefined and the field is null.
  schema(builder) {
    builder.queryField('hello', (t) =>
      t.string({
        nullable: true,
        resolve: (_root, _arguments, { parley, viewer }) => {
          const hello = parley.plugin('hello', viewer) as { readonly greeting: string } | undefined;
          return hello?.greeting ?? null;
        },
      }),
    );
  },

  setup({ settings }) {
    return {
      greeting: `Hello, ${settings.HELLO_NAME}!`,

      // Marks a greeting as small talk. The built-in plugin `intent` is asked first; this hook runs only if it is off.
      understand({ content }) {
        if (!GREETING.test(content)) return undefined;
        return {
          type: 'small_talk',
          confidence: 0.9,
          topic: null,
          topicShift: false,
          standaloneQuery: content,
          signals: ['greeting'],
        };
      },
    };
  },
});
