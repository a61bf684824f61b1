/**
 * Upload files, watch each being read and indexed, and search them. Against a running server:
 *   node examples/documents.ts "Who signed it?" contract.pdf minutes.docx
 * PARLEY_URL is where it runs, PARLEY_KEY an API key where it wants one.
 */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.env['PARLEY_URL'] ?? 'http://localhost:4000';
const key = process.env['PARLEY_KEY'];
const authorization: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
const [question = '', ...files] = process.argv.slice(2);

const UPLOAD = 'mutation($input: UploadDocumentInput!) { uploadDocument(input: $input) { id } }';
const PROGRESS =
  'subscription($id: ID!) { documentProgress(id: $id) { stage progress document { passageCount error } } }';
const SEARCH = `query($query: String!, $documentIds: [ID!]) { search(query: $query, first: 3, options: { documentIds: $documentIds }) {
  passages { text document { title } } } }`;

interface Progress {
  readonly stage: 'QUEUED' | 'PARSING' | 'EMBEDDING' | 'INDEXED' | 'FAILED';
  readonly progress: number;
  readonly document: { readonly passageCount: number; readonly error: string | null };
}

const watching = createClient({
  url: `${url.replace(/^http/, 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: authorization,
});
const documentIds: string[] = [];
for (const path of files) {
  const id = await upload(path);
  for await (const { data, errors } of watching.iterate<{ documentProgress: Progress }>({
    query: PROGRESS,
    variables: { id },
  })) {
    if (!data) throw new Error(errors?.[0]?.message);
    const { stage, progress, document } = data.documentProgress;
    console.error(`${basename(path)}: ${stage} ${Math.round(progress * 100)} % ${document.error ?? ''}`);
    if (stage === 'INDEXED') documentIds.push(id);
    if (stage === 'INDEXED' || stage === 'FAILED') break; // also the subscription's last
  }
}
await watching.dispose();

const { search } = await post<{ search: { passages: { text: string; document: { title: string } }[] } }>(
  JSON.stringify({ query: SEARCH, variables: { query: question, documentIds } }),
  { 'content-type': 'application/json' },
);
for (const { text, document } of search.passages) console.log(`${document.title}: ${text}`);

/** By https://github.com/jaydenseric/graphql-multipart-request-spec. The file is streamed from the disk. */
async function upload(path: string): Promise<string> {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: UPLOAD, variables: { input: { file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', await openAsBlob(path), basename(path));
  const { uploadDocument } = await post<{ uploadDocument: { id: string } }>(form, {});
  return uploadDocument.id;
}

async function post<T>(body: string | FormData, headers: Record<string, string>): Promise<T> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { ...authorization, ...headers }, body });
  const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
  if (!data || errors) throw new Error(errors?.[0]?.message);
  return data;
}
