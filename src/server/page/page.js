import { cancel, catchUp, onChanged, send, showMessages } from './chat.js';
import { listConversations, state } from './conversations.js';
import { setUpDialogs } from './dialogs.js';
import { listDocuments, setUpAdding } from './documents.js';
import { attempt, byId, say } from './elements.js';
import { icon } from './icons.js';
import { label, words } from './words.js';

/** The key code of what an input method takes: Safari reports the Enter that ends a composition as no part of it. */
const IME = 229;

/** The conversation that the address names; null for a new one. */
function addressed() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || null;
  } catch {
    return null;
  }
}

async function open(conversationId) {
  say('');
  state.conversationId = conversationId;
  location.hash = encodeURIComponent(conversationId ?? '');
  showMenu(false);
  const [found] = await Promise.all([showMessages(conversationId), listConversations(choose)]);
  if (!found && state.conversationId === conversationId) {
    await open(null);
    say(words.notFound);
  }
  byId('content').focus();
}
const choose = (id) => attempt(open(id));

function showMenu(isOpen) {
  document.body.classList.toggle('side-open', isOpen);
  byId('menu').setAttribute('aria-expanded', String(isOpen));
}

function setUpComposer() {
  const content = byId('content');
  content.placeholder = words.placeholder;
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = content.value.trim();
    if (!text || byId('send').hidden) return;
    content.value = '';
    say('');
    send(text).catch((error) => {
      say(error.message);
      content.value ||= text; // it was not lost
    });
  });
  content.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === IME) return;
    event.preventDefault();
    byId('composer').requestSubmit();
  });
  byId('stop').addEventListener('click', () => attempt(cancel()));
}

for (const element of document.querySelectorAll('[data-icon]')) element.prepend(icon(element.dataset.icon));
label(document);
setUpDialogs();
setUpComposer();
setUpAdding();
onChanged(() => {
  location.hash = encodeURIComponent(state.conversationId);
  attempt(listConversations(choose));
});
addEventListener('hashchange', () => {
  if (addressed() !== state.conversationId) choose(addressed());
});
/** What another tab or device said meanwhile. */
for (const [target, event] of [
  [document, 'visibilitychange'],
  [window, 'focus'],
])
  target.addEventListener(event, () => {
    if (document.visibilityState === 'visible') attempt(catchUp);
  });
byId('new-conversation').addEventListener('click', () => choose(null));
byId('menu').addEventListener('click', () => showMenu(true));
byId('close-menu').addEventListener('click', () => showMenu(false));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') showMenu(false);
});
choose(addressed());
attempt(listDocuments());
