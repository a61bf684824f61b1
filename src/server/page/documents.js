import { button, byId, element, say } from './elements.js';
import { request } from './graphql.js';
import { words } from './words.js';

export async function listDocuments() {
  const { documents } = await request(
    '{ documents(first: 50) { edges { node { id title status passageCount error } } } }',
  );
  byId('documents').replaceChildren(...documents.edges.map(({ node }) => item(node)));
}

function item({ id, title, status, passageCount, error }) {
  const told = status === 'INDEXED' ? `${passageCount} ${words.indexed}` : (error ?? status.toLowerCase());
  return element(
    'li',
    { title: told },
    element('span', { className: 'name', text: title }),
    element('span', { className: 'status', text: status === 'INDEXED' ? String(passageCount) : status.toLowerCase() }),
    button('✕', `${words.remove}: ${title}`, () => remove(id), 'act'),
  );
}

async function remove(id) {
  if (!confirm(words.confirmRemove)) return;
  await request('mutation($id: ID!) { deleteDocument(id: $id) { id } }', { id });
  await listDocuments();
}

export function setUpAdding() {
  const dialog = byId('add');
  byId('open-add').addEventListener('click', () => dialog.showModal());
  byId('cancel-add').addEventListener('click', () => dialog.close());
  byId('document-file').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    byId('document-text').value = await file.text();
    byId('document-title').value ||= file.name.replace(/\.\w+$/, '');
  });
  byId('add-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    byId('add-error').textContent = words.adding;
    try {
      const input = { title: byId('document-title').value, text: byId('document-text').value };
      await request('mutation($input: AddDocumentInput!) { addDocument(input: $input) { id } }', { input });
      byId('add-form').reset();
      byId('add-error').textContent = '';
      dialog.close();
      await listDocuments();
    } catch (error) {
      byId('add-error').textContent = error.message;
      say('');
    }
  });
}
