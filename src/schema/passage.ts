import { notFound } from '#core/errors.ts';
import { builder } from './builder.ts';
import { Document } from './document.ts';
import { encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import type { PassageWithDocument } from './present-passages.ts';

export const Passage = builder.objectRef<PassageWithDocument>('Passage').implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Passage', id) }),
    document: t.field({
      type: Document,
      resolve: async ({ document: known, documentId }, _arguments, { loaders }) => {
        if (known) return known;
        const document = await loaders.document.load(documentId);
        if (!document) throw notFound('Document');
        return document;
      },
    }),
    text: t.exposeString('text'),
    heading: t.exposeString('heading', { nullable: true }),
    start: t.exposeInt('start', { description: 'Offset into the document’s extracted text, in UTF-16 code units.' }),
    end: t.exposeInt('end'),
    page: t.int({
      nullable: true,
      description: 'Of a document with pages or slides: where the passage begins, from 1.',
      resolve: async ({ documentId, start }, _arguments, { loaders }) => {
        const pages = await loaders.pages.load(documentId);
        return pages && Math.max(1, pages.findLastIndex((begins) => begins <= start) + 1);
      },
    }),
    score: t.exposeFloat('score'),
    vectorScore: t.exposeFloat('vectorScore', { nullable: true }),
    keywordScore: t.exposeFloat('keywordScore', { nullable: true }),
    duplicates: t.int({
      description: 'Of a search or a turn: other passages with the same text, which the result leaves out.',
      resolve: ({ duplicates = 0 }) => duplicates,
    }),
  }),
});
registerNode('Passage', (id, { parley, viewer }) => parley.documents.passage(viewer, id));
