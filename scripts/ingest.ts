/**
 * `npm run ingest -- FOLDER`: uploads the files of a folder to a running Parley, two at once, and waits until each is indexed and the
 * vectors, which follow in the background, are complete (--skip-vectors: does not wait for those). What is unchanged since the last time, and still there, is skipped; a file
 * that changed takes the place of its former document; --prune deletes the documents of files that are gone. PARLEY_URL is where it
 * runs, PARLEY_KEY an API key where it wants one. What was done is kept in FOLDER/.parley-ingest.json, so it may be stopped and begun
 * again at any time.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, openAsBlob, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

interface Done {
  readonly hash: string;
  readonly id: string;
}
interface DocumentPage {
  readonly edges: readonly { readonly node: { readonly id: string; readonly title: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
const AT_ONCE = 2;
const STATE = '.parley-ingest.json';
const SKIPPED = /^\.|^node_modules$/;
const UPLOAD =
  'mutation ($file: File!, $title: String!, $key: String!) { uploadDocument(input: { file: $file, title: $title, clientMutationId: $key }) { id } }';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prune: { type: 'boolean', default: false },
    replace: { type: 'boolean', default: false },
    'skip-vectors': { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (!folder || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  if (folder) console.error(`${folder} is no folder`);
  console.error('usage: npm run ingest -- FOLDER [--prune] [--replace] [--skip-vectors]');
  process.exit(1);
}
const root = resolve(folder);
const url = `${process.env['PARLEY_URL'] ?? 'http://127.0.0.1:4000'}/graphql`;
const key = process.env['PARLEY_KEY'];
const headers = key ? { authorization: `Bearer ${key}` } : {};
const statePath = join(root, STATE);
const state = new Map<string, Done>(
  existsSync(statePath) ? Object.entries(JSON.parse(readFileSync(statePath, 'utf8'))) : [],
);

const files = (await readdir(root, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  .filter((path) => !path.split('/').some((part) => SKIPPED.test(part)))
  .sort();
const failures: string[] = [];
/** Names of files that other documents have too. */
const twice: string[] = [];
let finished = 0;
let skipped = 0;

/** Read once, when the first file is uploaded. */
let titles: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
await refuseAtOnce();
const queue = [...files];
await Promise.all(Array.from({ length: AT_ONCE }, work));
if (!values['skip-vectors']) await vectors();
if (values.prune) for (const path of state.keys()) if (!files.includes(path)) await forget(path);
if (process.stdout.isTTY) process.stdout.write('\n');
console.log(
  `${files.length} files: ${files.length - skipped - failures.length} indexed, ${skipped} unchanged, ${failures.length} failed`,
);
if (twice.length > 0)
  console.log(
    `other documents have the names of ${twice.length === 1 ? 'a file' : `${twice.length} files`}, and --replace replaces them: ${twice.slice(0, 5).join(', ')}`,
  );
for (const failure of failures) console.error(`  ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);

/** Without a server, or with a wrong key, no file can be uploaded: that is told once. */
async function refuseAtOnce(): Promise<void> {
  try {
    await ask('{ viewer { id } }', {});
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

async function work(): Promise<void> {
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    try {
      await ingest(path);
    } catch (error) {
      failures.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
    finished += 1;
    show(path);
  }
}

async function ingest(path: string): Promise<void> {
  const file = join(root, path);
  const hash = createHash('sha256').update(path).update('\0');
  for await (const piece of createReadStream(file)) hash.update(piece);
  const digest = hash.digest('hex');
  const former = state.get(path);
  if (former?.hash === digest && (await settled(former.id)) === null) {
    skipped += 1;
    return;
  }
  const form = new FormData();
  // Another key than that of a document with this very content which has been deleted since.
  const mutationId = createHash('sha256')
    .update(`${digest} ${former?.id ?? ''}`)
    .digest('hex');
  const variables = { file: null, title: path, key: mutationId };
  form.set('operations', JSON.stringify({ query: UPLOAD, variables }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', await openAsBlob(file), basename(path));
  const { uploadDocument } = await answer<{ uploadDocument: { id: string } }>({ method: 'POST', headers, body: form });
  const error = await settled(uploadDocument.id);
  if (error !== null) {
    await remove(uploadDocument.id);
    throw new Error(error);
  }
  keep(path, { hash: digest, id: uploadDocument.id });
  if (former && former.id !== uploadDocument.id) await remove(former.id);
  for (const id of await others(path, uploadDocument.id)) {
    if (values.replace) await remove(id);
    else if (!twice.includes(path)) twice.push(path);
  }
}

/** Documents that were there before this run, under the name of a file. */
async function others(path: string, own: string): Promise<readonly string[]> {
  titles ??= allTitles();
  return ((await titles).get(path) ?? []).filter((id) => id !== own && id !== state.get(path)?.id);
}

async function allTitles(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (let after: string | null = null; ; ) {
    const { documents }: { documents: DocumentPage } = await ask<{ documents: DocumentPage }>(
      'query ($after: String) { documents(first: 100, after: $after) { edges { node { id title } } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    for (const { node } of documents.edges) found.set(node.title, [...(found.get(node.title) ?? []), node.id]);
    if (!documents.pageInfo.hasNextPage) return found;
    after = documents.pageInfo.endCursor;
  }
}

/** Null once it is indexed, else what is wrong with it. */
async function settled(id: string): Promise<string | null> {
  for (;;) {
    const { document } = await ask<{ document: { status: string; error: string | null } | null }>(
      'query ($id: ID!) { document(id: $id) { status error } }',
      { id },
    );
    if (document === null) return 'it was deleted meanwhile';
    if (document.status === 'INDEXED') return null;
    if (document.status === 'FAILED') return document.error ?? 'it could not be indexed';
    await sleep(200);
  }
}

/** Waits for the vectors, which follow in the background; keywords serve already. Interrupting costs nothing. */
async function vectors(): Promise<void> {
  for (let shown = ''; ; await sleep(500)) {
    const { platform } = await ask<{ platform: { stores: { name: string; healthy: boolean; detail: string }[] } }>(
      '{ platform { stores { name healthy detail } } }',
      {},
    );
    const store = platform.stores.find(({ name }) => name === 'vectors');
    const [, have, all] = /: (\d+) of (\d+) passages/.exec(store?.detail ?? '') ?? [];
    if (!store?.healthy || have === undefined || all === undefined) return;
    const line = `vectors: ${have} of ${all} passages`;
    if (line !== shown) {
      if (process.stdout.isTTY) process.stdout.write(`\r${line.padEnd(90)}`);
      else console.log(line);
    }
    shown = line;
  }
}

async function remove(id: string): Promise<void> {
  await ask('mutation ($id: ID!) { deleteDocument(id: $id) { id } }', { id }).catch(() => undefined); // gone already
}

async function forget(path: string): Promise<void> {
  const former = state.get(path);
  if (former) await remove(former.id);
  state.delete(path);
  save();
}

function keep(path: string, done: Done): void {
  state.set(path, done);
  save();
}
function save(): void {
  writeFileSync(`${statePath}.new`, JSON.stringify(Object.fromEntries(state), null, 1));
  renameSync(`${statePath}.new`, statePath);
}

function ask<T>(query: string, variables: object): Promise<T> {
  const body = JSON.stringify({ query, variables });
  return answer<T>({ method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });
}

async function answer<T>(request: RequestInit): Promise<T> {
  const response = await fetch(url, request).catch(() => {
    throw new Error(`no Parley at ${url}: start it, or set PARLEY_URL`);
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
  if (!data || errors) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  return data;
}

function show(path: string): void {
  const share = finished / files.length;
  if (process.stdout.isTTY)
    process.stdout.write(
      `\r[${'#'.repeat(Math.floor(share * 30)).padEnd(30)}] ${finished}/${files.length} ${path.slice(-40).padEnd(40)}`,
    );
  else console.log(`${finished}/${files.length} ${path}`);
}
