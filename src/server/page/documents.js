import { confirmed } from './dialogs.js';
import { attempt, byId, element, iconButton, newId, say } from './elements.js';
import { request, requestWithFile } from './graphql.js';
import { pages } from './list.js';
import { ADD_DOCUMENT, DELETE_DOCUMENT, DOCUMENTS, UPLOAD_DOCUMENT } from './operations.js';
import { followDocuments } from './progress.js';
import { words } from './words.js';

/** Id of a document -> its place in the list. */
const items = new Map();
/** Id of a document -> what the list shows of it. */
const known = new Map();
/** Uploads that may take the place of a document with the same title. */
const fresh = new Set();

export async function listDocuments() {
  const load = async (after) => (await request(DOCUMENTS, { after })).documents;
  items.clear();
  known.clear();
  const shown = await pages(byId('documents'), item, load);
  const moving = shown.filter(({ status }) => status !== 'INDEXED' && status !== 'FAILED');
  // The newest is shown first, the oldest read first.
  followDocuments(moving.map(({ id }) => id).reverse(), (document) => {
    items.get(document.id)?.replaceWith(item(document));
    if (document.status === 'INDEXED') attempt(offerToReplace(document));
  });
  for (const document of shown) if (document.status === 'INDEXED') attempt(offerToReplace(document));
}

/** One question after the other: a dialog can be open once. */
let asked = Promise.resolve();

/** Asks whether an upload that is indexed replaces the documents of the same title, which were there before. */
function offerToReplace({ id, title }) {
  const isFresh = fresh.delete(id);
  const former = [...known.values()].filter(
    (other) => other.id !== id && other.title === title && !fresh.has(other.id),
  );
  if (!isFresh || former.length === 0) return asked;
  asked = asked.then(async () => {
    if (!(await confirmed(words.confirmReplace(title), words.replace))) return;
    for (const other of former) await request(DELETE_DOCUMENT, { id: other.id });
    await listDocuments();
  });
  return asked;
}

function item(document) {
  const { id, title, status, passageCount, error } = document;
  const told = status === 'INDEXED' ? words.passages(passageCount) : words.statuses[status];
  const made = element(
    'li',
    { title },
    element('span', { className: 'name', text: title }),
    element('span', { className: status === 'FAILED' ? 'status error' : 'status', text: told }),
    iconButton('remove', `${words.remove}: ${title}`, () => attempt(remove(id, title))),
    ...(error ? [element('p', { className: 'error reason', text: error })] : []),
  );
  items.set(id, made);
  known.set(id, document);
  return made;
}

async function remove(id, title) {
  if (!(await confirmed(`${words.confirmRemove} ${title}`, words.remove))) return;
  await request(DELETE_DOCUMENT, { id });
  await listDocuments();
}

/** One after the other, so that each is in the list as soon as it is there; answers with what was refused, one line a file. */
async function upload(files) {
  const refused = [];
  for (const [index, file] of files.entries()) {
    sayTo(`${words.sending} ${file.name} (${index + 1}/${files.length})`);
    try {
      const { uploadDocument } = await requestWithFile(UPLOAD_DOCUMENT, { clientMutationId: newId() }, file);
      fresh.add(uploadDocument.id);
      await listDocuments();
    } catch (error) {
      refused.push(`${file.name}: ${error.message}`);
    }
  }
  sayTo('');
  return refused.join('\n');
}

/** In the dialog too: what is behind it is neither seen well nor read aloud. */
function sayTo(text) {
  say(text);
  byId('add-state').textContent = text;
}

/** The files that were dropped, those in folders too. Reads the items at once: they are gone after the first wait. */
async function droppedFiles({ items }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
  return (await Promise.all(entries.map(filesIn))).flat();
}

async function filesIn(entry) {
  if (entry instanceof File) return [entry];
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (let some = [null]; some.length > 0; found.push(...some))
    some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time
  const visible = found.filter(({ name }) => !name.startsWith('.'));
  return (await Promise.all(visible.map(filesIn))).flat();
}

export function setUpAdding() {
  const dialog = byId('add');
  for (const id of ['open-add', 'welcome-add']) byId(id).addEventListener('click', () => dialog.showModal());
  byId('document-files').addEventListener('change', async ({ target }) => {
    const files = [...target.files];
    target.value = '';
    target.disabled = true;
    const refused = await upload(files);
    byId('add-error').textContent = refused;
    if (!dialog.open) say(refused);
    target.disabled = false;
    if (byId('add-error').textContent === '') dialog.close();
  });
  addEventListener('dragover', (event) => {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault();
  });
  addEventListener('drop', async (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    attempt(async () => say(await upload(await droppedFiles(event.dataTransfer))));
  });
  byId('add-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const submit = event.submitter;
    submit.disabled = true;
    byId('add-error').textContent = '';
    try {
      await request(ADD_DOCUMENT, {
        input: { title: byId('document-title').value, text: byId('document-text').value, clientMutationId: newId() },
      });
      byId('add-form').reset();
      dialog.close();
      await listDocuments();
    } catch (error) {
      byId('add-error').textContent = error.message;
    } finally {
      submit.disabled = false;
    }
  });
}
