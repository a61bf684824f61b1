/** The text of an OpenDocument file (ISO 26300) as HTML, whose lists, tables and headings are read already. */
import { NUMBER } from '../own-numbers.ts';
import { FieldMarks } from './odf-fields.ts';
import { OdfLists } from './odf-lists.ts';
import type { OdfStyles } from './odf-styles.ts';
import { attribute, readXml } from './xml-events.ts';

/** Elements whose text is not shown: reviewers' comments, what was deleted, and what only the program reads. */
const UNSEEN =
  /^(?:annotation|annotation-end|tracked-changes|meta|scripts|font-face-decls|automatic-styles|styles|settings|forms|variable-decls|sequence-decls|user-field-decls|event-listeners|binary-data|desc|title|bibliography-configuration|dde-connection-decls|hidden-text|hidden-paragraph|page-number|page-count|linenumbering-configuration|notes-configuration|(?:bibliography|table-of-content|(?:illustration|table|object|user|alphabetical)-index)-source)$/;
const TAGS: Readonly<Record<string, string>> = {
  list: 'ul',
  'list-item': 'li',
  'list-header': 'li',
  table: 'table',
  'table-row': 'tr',
  'text-box': 'div',
  'index-body': 'div',
  ruby: 'ruby',
  'ruby-text': 'rt',
};
const MOST_REPEATED = 200;
const MOST_SPACES = 200;

const numbered = (label: string | null): string => (label === null ? '' : NUMBER.begins + escaped(label) + NUMBER.ends);

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export interface OdfOptions {
  readonly styles: OdfStyles;
  /** UTF-16 code units of HTML. */
  readonly most: number;
  /** Gives the headers and footers of a part that holds styles, each text once. */
  readonly around?: boolean;
  /** The HTML of a formula or a chart that is a part of its own. */
  objectOf?(reference: string): string;
}

/** The HTML; undefined where it has more than `most` characters. Numbers stand between the signs of `NUMBER`. */
export function odfToHtml(
  pieces: Iterable<string>,
  { styles, most, around = false, objectOf }: OdfOptions,
): string | undefined {
  const { hidden, raised, titles } = styles;
  const marks = new FieldMarks();
  const lists = new OdfLists(styles);
  const html: string[] = [];
  const closing: string[] = [];
  const notes: string[] = [];
  let unseen = around ? 1 : 0;
  let length = 0;
  let inNote = false;
  let ink = 0;
  let inChart = false;
  let notesAt: { readonly place: number; readonly ink: number } | undefined;
  const put = (text: string) => {
    if (length > most) return;
    (inNote ? notes : html).push(text);
    length += text.length;
  };
  const opening = (name: string, attributes: Readonly<Record<string, string>>): string => {
    if (around && /^(?:header|footer)(?:-left|-first)?$/.test(name)) {
      unseen -= 1;
      return 'unseen';
    }
    if (name === 'chart') inChart = true;
    const isHidden =
      (UNSEEN.test(name) && !(inChart && name === 'title')) || hidden.has(attribute(attributes, 'style-name') ?? '');
    if ((isHidden && !(around && name !== 'page-number')) || attribute(attributes, 'display') === 'none') {
      unseen += 1;
      return 'seen';
    }
    if (unseen > 0) return '';
    marks.open(name, attributes);
    if (name === 'note') inNote = true;
    else if (name === 'span' && raised.has(attribute(attributes, 'style-name') ?? '')) {
      put('<sup>');
      return '</sup>';
    } else if (name === 's') put(' '.repeat(Math.min(MOST_SPACES, Number(attribute(attributes, 'c') ?? 1) || 1)));
    else if (name === 'tab') put(' ');
    else if (name === 'line-break') put('<br>');
    else if (name === 'h') {
      const level = Math.min(6, Math.max(1, Number(attribute(attributes, 'outline-level') ?? 1) || 1));
      put(`<h${level}>${numbered(lists.heading(level))}`);
      return `</h${level}>`;
    } else if (name === 'page') put('<hr>');
    else if (name === 'notes') notesAt = { place: html.length, ink };
    else if (name === 'object') put(objectOf?.(attribute(attributes, 'href') ?? '') ?? '');
    else if (name === 'p') {
      const tag = titles.has(attribute(attributes, 'style-name') ?? '') ? 'h1' : 'p';
      put(`<${tag}>${numbered(lists.paragraph())}`);
      return `</${tag}>`;
    } else if (name === 'frame' && attribute(attributes, 'class') === 'title') {
      put('<h2>');
      return '</h2>';
    } else if (name === 'table-cell' || name === 'covered-table-cell') return cell(name, attributes);
    const tag = TAGS[name];
    if (tag === undefined) return '';
    put(`<${tag}>`);
    return `</${tag}>`;
  };
  const cell = (name: string, attributes: Readonly<Record<string, string>>): string => {
    if (name === 'covered-table-cell') {
      unseen += 1;
      return 'seen';
    }
    const spans = ['column', 'row'].map(
      (side) => ` ${side.slice(0, 3)}span="${Number(attribute(attributes, `number-${side}s-spanned`) ?? 1) || 1}"`,
    );
    const repeated = Math.min(MOST_REPEATED, Number(attribute(attributes, 'number-columns-repeated') ?? 1) || 1);
    put(`<td${spans.join('')}>`);
    return `</td>${'<td></td>'.repeat(repeated - 1)}`;
  };
  readXml(pieces, {
    open(name, attributes) {
      lists.open(name, attributes);
      closing.push(opening(name, attributes));
    },
    text(data) {
      if (unseen > 0) return;
      if (data.trim() !== '') ink += 1;
      put(escaped(data));
    },
    close(name) {
      const end = closing.pop();
      lists.close(name);
      if (end === 'seen') unseen -= 1;
      else if (end === 'unseen') unseen += 1;
      else if (end && unseen === 0) put(end);
      if (unseen === 0) put(escaped(marks.close(name)));
      if (name === 'note') inNote = false;
      // Slides have pages of notes that are empty.
      if (name === 'notes' && notesAt && notesAt.ink < ink) html.splice(notesAt.place, 0, '<p>Notes:</p>');
    },
  });
  if (length > most) return undefined;
  return around ? distinct(html.join('')) : html.join('') + notes.join('');
}

/** Keeps each repeated header paragraph once. Removes paragraphs that hold only a page number. */
function distinct(html: string): string {
  const seen = new Set<string>();
  return html
    .split(/(?<=<\/p>)/)
    .filter((part) => {
      const text = part.replace(/<[^<>]*>/g, '').trim();
      const isNew = !seen.has(text);
      seen.add(text);
      return isNew && /\p{L}{2}/u.test(text);
    })
    .join('');
}
