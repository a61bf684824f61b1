/** A plugin that fails in every hook, now and then late: no turn may notice. */
import { definePlugin } from '../../../src/core/plugin.ts';

let calls = 0;
const fail = (hook: string) => async (): Promise<never> => {
  calls += 1;
  if (calls % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  throw new Error(`${hook} fails, as it should`);
};

export default definePlugin({
  name: 'failing',
  version: '1.0.0',
  contract: 2,
  setup: () => ({
    understand: fail('understand'),
    recall: fail('recall'),
    retrieve: fail('retrieve'),
    assess: fail('assess'),
    remember: fail('remember'),
  }),
});
