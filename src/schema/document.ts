import type { DocumentRecord } from '#core/ports/store.ts';
import { builder } from './builder.ts';
import { Deletion } from './deletion.ts';
import { decodeId, encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import { connection, pageArguments } from './page.ts';

const DocumentKind = builder.enumType('DocumentKind', { values: ['GENERAL', 'CODE', 'ACADEMIC'] as const });
const DocumentStatus = builder.enumType('DocumentStatus', {
  values: ['QUEUED', 'PARSING', 'EMBEDDING', 'INDEXED', 'FAILED'] as const,
});

export const Document = builder.objectRef<DocumentRecord>('Document').implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Document', id) }),
    title: t.exposeString('title'),
    mediaType: t.exposeString('mediaType'),
    kind: t.expose('kind', { type: DocumentKind, nullable: true, description: 'What the splitter took it for.' }),
    bytes: t.exposeInt('bytes'),
    shared: t.exposeBoolean('shared', {
      description: 'Readable, and answered from, by all of the tenant; else by its owner alone.',
    }),
    status: t.expose('status', { type: DocumentStatus }),
    progress: t.exposeFloat('progress'),
    passageCount: t.exposeInt('passageCount'),
    error: t.exposeString('error', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    indexedAt: t.expose('indexedAt', { type: 'DateTime', nullable: true }),
  }),
});
registerNode('Document', (id, { loaders }) => loaders.document.load(id));

const DocumentConnection = connection<DocumentRecord>('Document', Document);

builder.queryFields((t) => ({
  document: t.field({
    type: Document,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { loaders }) => loaders.document.load(decodeId('Document', id)),
  }),
  documents: t.field({
    type: DocumentConnection,
    description: 'Own ones and those shared in the tenant, newest first.',
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      last: t.arg.int(),
      before: t.arg.string(),
      status: t.arg({ type: DocumentStatus }),
    },
    resolve: (_root, { status, ...given }, { parley, viewer, loaders }) =>
      loaders.apart(() => parley.documents.list(viewer, pageArguments(given), status ?? null)),
  }),
}));

const AddDocumentInput = builder.inputType('AddDocumentInput', {
  fields: (t) => ({
    title: t.string({ required: true }),
    text: t.string({ required: true }),
    mediaType: t.string({ defaultValue: 'text/markdown' }),
    kind: t.field({ type: DocumentKind }),
    shared: t.boolean({ defaultValue: false }),
    clientMutationId: t.string(),
  }),
});

const UploadDocumentInput = builder.inputType('UploadDocumentInput', {
  fields: (t) => ({
    file: t.field({ type: 'File', required: true }),
    title: t.string(),
    kind: t.field({ type: DocumentKind }),
    shared: t.boolean({ defaultValue: false }),
    clientMutationId: t.string(),
  }),
});

const DocumentProgress = builder.objectRef<DocumentRecord>('DocumentProgress').implement({
  fields: (t) => ({
    document: t.field({ type: Document, resolve: (document) => document }),
    stage: t.expose('status', { type: DocumentStatus }),
    progress: t.exposeFloat('progress'),
  }),
});

builder.subscriptionFields((t) => ({
  documentProgress: t.field({
    type: DocumentProgress,
    description: 'How far its indexing is, now and after each change; ends with INDEXED or FAILED.',
    args: { id: t.arg.id({ required: true }) },
    subscribe: (_root, { id }, { parley, viewer, signal }) =>
      parley.documents.progress(viewer, decodeId('Document', id), signal),
    resolve: (document) => document as DocumentRecord,
  }),
}));

builder.mutationFields((t) => ({
  addDocument: t.field({
    type: Document,
    description: 'Text in hand.',
    args: { input: t.arg({ type: AddDocumentInput, required: true }) },
    resolve: (_root, { input }, { parley, viewer }) =>
      parley.documents.add(viewer, {
        title: input.title,
        text: input.text,
        mediaType: input.mediaType ?? 'text/markdown',
        kind: input.kind ?? null,
        shared: input.shared ?? false,
        clientMutationId: input.clientMutationId ?? null,
      }),
  }),
  uploadDocument: t.field({
    type: Document,
    description: 'A file: Markdown, text, HTML, PDF, DOCX, CSV, JSON, source code.',
    args: { input: t.arg({ type: UploadDocumentInput, required: true }) },
    resolve: (_root, { input }, { parley, viewer }) =>
      parley.documents.upload(viewer, {
        file: input.file,
        title: input.title ?? null,
        kind: input.kind ?? null,
        shared: input.shared ?? false,
        clientMutationId: input.clientMutationId ?? null,
      }),
  }),
  reindexDocument: t.field({
    type: Document,
    description: 'Cut and indexed again, from its text.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { parley, viewer }) => parley.documents.reindex(viewer, decodeId('Document', id)),
  }),
  deleteDocument: t.field({
    type: Deletion,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { parley, viewer }) => {
      await parley.documents.delete(viewer, decodeId('Document', id));
      return { deletedId: id };
    },
  }),
}));
