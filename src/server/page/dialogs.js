import { byId } from './elements.js';
import { onKeyNeeded, rememberKey } from './graphql.js';
import { words } from './words.js';

/** Asks for a line of text; null where the reader thinks better of it. */
export async function askText(question, value, yes) {
  const text = byId('ask-text');
  text.hidden = false;
  text.required = true;
  text.value = value;
  return (await answered(question, yes)) ? text.value.trim() || null : null;
}

export function confirmed(question, yes) {
  const text = byId('ask-text');
  text.hidden = true;
  text.required = false;
  return answered(question, yes);
}

/** Resolves to whether it was confirmed. Escape and Cancel close it without. */
function answered(question, yes) {
  const dialog = byId('ask');
  byId('ask-question').textContent = question;
  byId('ask-yes').textContent = yes;
  dialog.returnValue = '';
  byId('ask-yes').value = 'yes';
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }),
  );
}

/** One question at a time, however many requests want a key. */
let asking = null;
function askForKey(refused) {
  asking ??= new Promise((resolve) => {
    byId('key-error').textContent = refused ? words.keyRefused : '';
    byId('key-value').value = '';
    byId('key').showModal();
    byId('key-form').addEventListener('submit', () => resolve(rememberKey(byId('key-value').value.trim())), {
      once: true,
    });
  }).finally(() => {
    asking = null;
  });
  return asking;
}

export function setUpDialogs() {
  onKeyNeeded(askForKey);
  byId('key').addEventListener('cancel', (event) => event.preventDefault()); // nothing works without one
  for (const closer of document.querySelectorAll('[data-closes]'))
    closer.addEventListener('click', () => byId(closer.dataset.closes).close());
}
