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
  for (const file of files) {
    say(`${words.sending} ${file.name}`);
    try {
      const { uploadDocument } = await requestWithFile(UPLOAD_DOCUMENT, { clientMutationId: newId() }, file);
      fresh.add(uploadDocument.id);
      await listDocuments();
    } catch (error) {
      refused.push(`${file.name}: ${error.message}`);
    }
  }
  say('');
  return refused.join('\n');
}

export function setUpAdding() {
  const dialog = byId('add');
  for (const id of ['open-add', 'welcome-add']) byId(id).addEventListener('click', () => dialog.showModal());
  byId('document-files').addEventListener('change', async ({ target }) => {
    const files = [...target.files];
    target.value = '';
    target.disabled = true;
    byId('add-error').textContent = await upload(files);
    target.disabled = false;
    if (byId('add-error').textContent === '') dialog.close();
  });
  addEventListener('dragover', (event) => {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault();
  });
  addEventListener('drop', async (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    say(await upload([...event.dataTransfer.files]));
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
