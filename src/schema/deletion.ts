import { builder } from './builder.ts';

export const Deletion = builder.objectRef<{ readonly id: string }>('Deletion').implement({
  fields: (t) => ({ id: t.exposeID('id') }),
});
