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

export const button = (text, label, onClick, className = '') =>
  element('button', { text, type: 'button', 'aria-label': label, title: label, onClick, className });

export function say(text) {
  byId('state').textContent = text;
}
