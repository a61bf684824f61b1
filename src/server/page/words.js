import { chinese } from './words-chinese.js';

/** What the page says, in English. */
const english = {
  menu: 'Conversations and documents',
  conversation: 'Conversation',
  conversations: 'Conversations',
  newConversation: 'New conversation',
  documents: 'Documents',
  addDocuments: 'Add documents',
  yourMessage: 'Your message',
  placeholder: 'Ask about your documents…',
  send: 'Send',
  stop: 'Stop',
  title: 'Title',
  text: 'Text',
  files: 'Files: PDF, Word, Excel, PowerPoint, EPUB, HTML, Markdown, CSV, e-mail, source code',
  orText: 'Or a text of your own:',
  sending: 'Sending',
  cancel: 'Cancel',
  add: 'Add',
  copy: 'Copy',
  copied: 'Copied',
  close: 'Close',
  keyNeeded: 'An API key is needed',
  keyRefused: 'This key is not in force.',
  key: 'API key',
  enter: 'Enter',
  welcome: 'Ask your own documents',
  empty:
    'Add a document of your own, or drop files here, then ask about it. The answer comes from there, and shows where.',
  rename: 'Rename',
  remove: 'Delete',
  confirmRemove: 'Delete this for good?',
  replace: 'Replace',
  confirmReplace: (title) => `There is a document “${title}” already. Replace it with the new one?`,
  newTitle: 'New title',
  good: 'A good answer',
  bad: 'A bad answer',
  again: 'Another answer',
  branches: 'Branches',
  formerBranch: 'The branch before',
  nextBranch: 'The next branch',
  thinking: 'Thinking',
  reasoning: 'What the model thought',
  finishReasons: {
    LENGTH: 'This answer is not whole: the model reached its limit.',
    CONTENT_FILTER: 'This answer is not whole: the model’s content filter cut it off.',
  },
  edit: 'Edit',
  ask: 'Ask',
  citation: 'Source',
  page: (number) => `page ${number}`,
  duplicates: (count) => `the same text stands in ${count} more ${count === 1 ? 'place' : 'places'}`,
  reading: 'Reading',
  lost: 'Connection lost, resuming…',
  unreachable: 'The server cannot be reached. Try again.',
  failed: 'This did not work',
  notFound: 'There is no such conversation.',
  cancelled: 'Stopped.',
  passages: (count) => `${count} ${count === 1 ? 'passage' : 'passages'}`,
  statuses: { QUEUED: 'queued', PARSING: 'being read', EMBEDDING: 'being indexed', FAILED: 'failed' },
  more: 'More',
  earlier: 'Earlier messages',
  quality: 'Quality',
  dimensions: {
    relevance: 'relevance',
    groundedness: 'groundedness',
    completeness: 'completeness',
    coherence: 'coherence',
    safety: 'safety',
  },
  unsupported: 'No source bears this out',
};

export const words = navigator.language.toLowerCase().startsWith('zh') ? chinese : english;

/** Refusals whose own words say what to do about them. */
const PARTICULAR = new Set([
  ...['BAD_USER_INPUT', 'CONFLICT', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'BUDGET_EXCEEDED'],
  ...['MODEL_UNAVAILABLE', 'MODEL_FAILED'],
]);

/** What the server refused, in the reader's language; where that says less than the server's own words, both. */
export function told({ code, message }) {
  const known = words.codes?.[code];
  if (!known) return message;
  return PARTICULAR.has(code) ? `${known}（${message}）` : known;
}

/** Fills in `data-text` (after an icon, where there is one) and `data-label`. */
export function label(root) {
  document.documentElement.lang = words === chinese ? 'zh-CN' : 'en';
  for (const element of root.querySelectorAll('[data-text]')) element.lastChild.data = words[element.dataset.text];
  for (const element of root.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', words[element.dataset.label]);
    if (element.localName === 'button') element.title = words[element.dataset.label];
  }
}
