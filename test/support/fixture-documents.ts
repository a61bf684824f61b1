/** The documents of test/fixtures/documents, uploaded to an app of the test file's own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from './app.ts';
import { type Client, client } from './client.ts';
import { upload } from './upload.ts';

const FOLDER = new URL('../fixtures/documents/', import.meta.url).pathname;

export const fixture = (name: string): Buffer => readFileSync(join(FOLDER, name));
/** The rows of a JSON file of that folder. */
export const rowsOf = <T>(name: string): readonly T[] => JSON.parse(fixture(name).toString());

export interface UploadedDocument {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly error: string | null;
}

export interface Library {
  readonly reader: Client;
  /** Uploads a file, a fixture unless its content is given. Returns the document's id, while the document is being read. */
  uploaded(name: string, content?: string | Uint8Array): Promise<string>;
  document(id: string): Promise<UploadedDocument>;
}

/** A server for a test file, stopped at its end. */
export function useLibrary(): Library {
  let app: TestApp;
  let reader: Client;
  beforeAll(async () => {
    app = await startApp();
    reader = client(app.url, OPERATOR_KEY);
  });
  afterAll(() => app.remove());
  return {
    get reader() {
      return reader;
    },
    async uploaded(name, content = fixture(name)) {
      return (await upload(app.url, OPERATOR_KEY, { name, content })).data.uploadDocument.id;
    },
    async document(id) {
      const query = 'query ($id: ID!) { document(id: $id) { id title status error } }';
      return (await reader.request(query, { id })).data.document;
    },
  };
}

/** Does the work once for each key: rows of several tests are about the same documents. */
export function once<Of, Answer>(
  work: (of: Of) => Promise<Answer>,
  keyOf: (of: Of) => string,
): (of: Of) => Promise<Answer> {
  const known = new Map<string, Promise<Answer>>();
  return (of) => {
    const answer = known.get(keyOf(of)) ?? work(of);
    known.set(keyOf(of), answer);
    return answer;
  };
}
