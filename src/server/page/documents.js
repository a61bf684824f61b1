import { confirmed } from './dialogs.js';
import { attempt, byId, element, iconButton, newId } from './elements.js';
import { request } from './graphql.js';
import { pages } from './list.js';
import { ADD_DOCUMENT, DELETE_DOCUMENT, DOCUMENTS } from './operations.js';
import { words } from './words.js';

/** Milliseconds between looks at documents that are still being read. */
const LOOK = 1_000;
let timer;

export async function listDocuments() {
  clearTimeout(timer);
  const load = async (after) => (await request(DOCUMENTS, { after })).documents;
  const shown = await pages(byId('documents'), item, load);
  if (shown.some(({ status }) => status !== 'INDEXED' && status !== 'FAILED'))
    timer = setTimeout(() => attempt(listDocuments()), LOOK);
}

function item({ id, title, status, passageCount, error }) {
  const told = status === 'INDEXED' ? words.passages(passageCount) : words.statuses[status];
  return element(
    'li',
    { title: error ? `${title}: ${error}` : title },
    element('span', { className: 'name', text: title }),
    element('span', { className: status === 'FAILED' ? 'status error' : 'status', text: told }),
    iconButton('remove', `${words.remove}: ${title}`, () => attempt(remove(id, title))),
  );
}

async function remove(id, title) {
  if (!(await confirmed(`${words.confirmRemove} ${title}`, words.remove))) return;
  await request(DELETE_DOCUMENT, { id });
  await listDocuments();
}

/** The text of a file: UTF-8, UTF-16 by its mark, or else what Chinese Windows writes. */
async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

export function setUpAdding() {
  const dialog = byId('add');
  for (const id of ['open-add', 'welcome-add']) byId(id).addEventListener('click', () => dialog.showModal());
  byId('document-file').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    byId('document-text').value = await textOf(file);
    byId('document-title').value ||= file.name.replace(/\.\w+$/, '');
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
