import { builder } from './builder.ts';

export const Deletion = builder.objectRef<{ readonly deletedId: string }>('Deletion').implement({
  fields: (t) => ({
    deletedId: t.exposeID('deletedId'),
    id: t.exposeID('deletedId', { deprecationReason: 'Use deletedId: one id must not stand for two objects.' }),
  }),
});
