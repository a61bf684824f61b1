import { element, iconButton } from './elements.js';
import { words } from './words.js';

/** The way to the other branches at a message, where there are any: the branch before, which one this is, and the one after. */
export function branchSwitch({ id, siblings = [], does }) {
  const place = siblings.indexOf(id);
  if (siblings.length < 2 || place < 0) return [];
  const way = (to, icon, label) => {
    const button = iconButton(icon, label, () => does.select(siblings[to]));
    button.disabled = siblings[to] === undefined;
    return button;
  };
  const counted = element('span', { className: 'muted', text: `${place + 1}/${siblings.length}` });
  const former = way(place - 1, 'previous', words.formerBranch);
  const next = way(place + 1, 'next', words.nextBranch);
  return [
    element('span', { className: 'branches', role: 'group', 'aria-label': words.branches }, former, counted, next),
  ];
}

export const idsOf = (messages) => messages?.map(({ id }) => id);
