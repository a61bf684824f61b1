import type { ApiKeyRecord } from '#core/ports/store.ts';
import { builder } from './builder.ts';
import { decodeId, encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import { Role } from './role.ts';

export const ApiKey = builder.objectRef<ApiKeyRecord>('ApiKey').implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ApiKey', id) }),
    name: t.exposeString('name'),
    prefix: t.exposeString('prefix', { description: 'The first characters of the secret, to tell keys apart.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
});
registerNode('ApiKey', async (id, { parley, viewer }) =>
  (await parley.apiKeys.list(viewer)).find((key) => key.id === id),
);

const CreatedApiKey = builder
  .objectRef<{ readonly apiKey: ApiKeyRecord; readonly secret: string }>('CreatedApiKey')
  .implement({
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKey }),
      secret: t.exposeString('secret', { description: 'Shown this once; only a hash of it is kept.' }),
    }),
  });

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'For another subject: operators only.',
  fields: (t) => ({
    name: t.string({ required: true }),
    subject: t.string(),
    tenant: t.string(),
    role: t.field({ type: Role }),
  }),
});

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreatedApiKey,
    args: { input: t.arg({ type: CreateApiKeyInput, required: true }) },
    resolve: (_root, { input: { name, subject = null, tenant = null, role = null } }, { parley, viewer }) =>
      parley.apiKeys.create(viewer, { name, subject, tenant, role }),
  }),
  revokeApiKey: t.field({
    type: ApiKey,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { parley, viewer }) => parley.apiKeys.revoke(viewer, decodeId('ApiKey', id)),
  }),
}));
