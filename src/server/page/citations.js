import { byId, element } from './elements.js';
import { markdownOf } from './markdown.js';
import { renderMarkdown } from './markdown-view.js';
import { words } from './words.js';

/** A finished answer with its marks: each citation's number stands where its words end; what no source bears out is underlined. */
export function renderWithCitations(container, text, citations, unsupported = []) {
  container.replaceChildren();
  const ordered = [...citations].sort((a, b) => a.answerEnd - b.answerEnd || a.answerStart - b.answerStart);
  let next = 0;
  /** Appends the marks of citations that end up to here. */
  const marks = (target, end) => {
    for (; ordered[next]?.answerEnd <= end; next += 1) target.append(mark(ordered[next], next + 1));
  };
  const put = (target, from, to, hasMarks = true) => {
    if (hasMarks) marks(target, from);
    let position = from;
    while (hasMarks && ordered[next]?.answerEnd <= to) {
      const end = ordered[next].answerEnd;
      target.append(...pieces(text, position, end, unsupported));
      position = end;
      marks(target, end);
    }
    target.append(...pieces(text, position, to, unsupported));
  };
  const tokens = markdownOf(text);
  container.classList.toggle('markdown', tokens !== undefined);
  if (tokens) renderMarkdown(container, tokens, text, put, marks);
  else put(container, 0, text.length);
  marks(container, Number.POSITIVE_INFINITY);
}

/** The text from one place to another, unsupported parts in elements of their own. */
function pieces(text, from, to, unsupported) {
  const parts = [];
  let position = from;
  for (const { start, end } of unsupported) {
    if (end <= position || start >= to) continue;
    const begin = Math.max(start, position);
    parts.push(text.slice(position, begin));
    position = Math.min(end, to);
    parts.push(
      element('span', { className: 'unsupported', title: words.unsupported, text: text.slice(begin, position) }),
    );
  }
  return [...parts, text.slice(position, to)].filter((part) => part !== '');
}

function mark(citation, number) {
  const label = `${words.citation} ${number}: ${citation.passage.document.title}`;
  return element('button', {
    type: 'button',
    className: 'cite',
    text: String(number),
    'aria-label': label,
    title: label,
    onClick: () => showSource(citation),
  });
}

/** The passage, with the quoted characters marked. Offsets count from the beginning of the document. */
function showSource({ passage, start, end }) {
  const quoted = element('mark', { text: passage.text.slice(start - passage.start, end - passage.start) });
  byId('source-title').textContent = passage.document.title;
  const { heading, page, duplicates } = passage;
  byId('source-heading').textContent = [heading, page && words.page(page), duplicates && words.duplicates(duplicates)]
    .filter(Boolean)
    .join(' · ');
  byId('source-text').replaceChildren(
    passage.text.slice(0, start - passage.start),
    quoted,
    passage.text.slice(end - passage.start),
  );
  byId('source').showModal();
  quoted.scrollIntoView({ block: 'center' });
}
