import { icon } from './icons.js';

export const byId = (id) => document.getElementById(id);

/** Text is always set as text: nothing that anybody wrote becomes markup. */
export function element(name, { text, className, onClick, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (onClick) made.addEventListener('click', onClick);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A button that shows an icon and is called by its label. */
export const iconButton = (name, label, onClick) =>
  element('button', { type: 'button', className: 'act', 'aria-label': label, title: label, onClick }, icon(name));

/** Tells how things stand, until something else is said. */
export function say(text) {
  byId('state').textContent = text;
}

/** An id for clientMutationId. Not crypto.randomUUID: that is absent where the page comes by plain HTTP from another machine. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Says what went wrong with something that nobody waits for: a promise, or a function that makes one. */
export const attempt = (work) =>
  Promise.resolve(typeof work === 'function' ? work() : work).catch((error) => say(error.message));
