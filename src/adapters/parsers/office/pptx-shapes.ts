import { raised } from '../html-text.ts';
import { tableToMarkdown } from '../markdown-table.ts';
import { type Columns, withJoinedNames } from './joined-names.ts';
import { type SlideParagraph, slideText } from './pptx-bullets.ts';
import { readXml, withoutFallback, type XmlHandler } from './xml-events.ts';

interface Shape {
  /** The placeholder's type: title, body, ftr; empty for other shapes. */
  kind: string;
  readonly paragraphs: SlideParagraph[];
}
interface Table {
  readonly rows: string[][];
  /** Of the first row: the cells that lie over several columns. */
  readonly groups: Columns[];
  cell: string[];
}

/** Placeholders that only number a slide, and those that say the same on each one. */
const NUMBER = /^sldNum$/;
const ONCE = /^(?:ftr|hdr|dt)$/;
/** Placeholders whose paragraphs have bullets in most layouts. */
const BODY = /^(?:body|obj)$/;

/** The title and the other texts of a slide, in the order of its shapes. `only`: of shapes of this kind alone. */
export function shapesIn(
  pieces: Iterable<string>,
  footers: Set<string>,
  only?: RegExp,
): { title: string; blocks: string[] } {
  const blocks: string[] = [];
  const shapes: Shape[] = [];
  const tables: Table[] = [];
  let title = '';
  let paragraph: string | undefined;
  let level = 0;
  let bullet: SlideParagraph['bullet'] = 'layout';
  let numbering: SlideParagraph['numbering'];
  let isText = false;
  let isRaised = false;
  /** The cell belongs to the one above it. */
  let isGoingOn = false;
  /** A field shows the day on which the slide is looked at. */
  let isDate = false;

  const end = (shape: Shape) => {
    const { kind, paragraphs } = shape;
    const text = slideText(paragraphs, BODY.test(kind) && !only);
    if (text.trim() === '' || NUMBER.test(kind) || (only && !only.test(kind))) return;
    if (ONCE.test(kind)) {
      if (footers.has(text)) return;
      footers.add(text);
    }
    if (!only && title === '' && /^(?:title|ctrTitle)$/.test(kind))
      title = paragraphs
        .map((one) => one.text)
        .join(' ')
        .replace(/\s+/g, ' ')
        .trim();
    else blocks.push(text);
  };
  const endParagraph = (text: string) => {
    const [table] = tables.slice(-1);
    if (text.trim() === '') return;
    if (table) table.cell.push(text.trim());
    else shapes.at(-1)?.paragraphs.push({ text: text.trim(), level, bullet, ...(numbering && { numbering }) });
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === 'sp' || name === 'graphicFrame' || name === 'cxnSp') shapes.push({ kind: '', paragraphs: [] });
      else if (name === 'ph') {
        const [shape] = shapes.slice(-1);
        if (shape) shape.kind = attributes['type'] ?? 'obj';
      } else if (name === 'tbl') tables.push({ rows: [], groups: [], cell: [] });
      else if (name === 'tr') tables.at(-1)?.rows.push([]);
      else if (name === 'p') {
        paragraph = '';
        level = 0;
        bullet = 'layout';
        numbering = undefined;
      } else if (name === 'pPr') level = Math.min(8, Number(attributes['lvl'] ?? 0) || 0);
      else if (name === 'buNone') bullet = 'none';
      else if (name === 'buChar' || name === 'buBlip') bullet = 'own';
      else if (name === 'buAutoNum') {
        bullet = 'own';
        numbering = { type: attributes['type'] ?? '', start: Number(attributes['startAt'] ?? 1) || 1 };
      } else if (name === 'r') isRaised = false;
      else if (name === 'rPr') isRaised = Number.parseInt(attributes['baseline'] ?? '', 10) > 0;
      else if (name === 'tc') {
        isGoingOn = /^(?:1|true)$/.test(attributes['vMerge'] ?? '');
        startCell(tables.at(-1), Number(attributes['gridSpan'] ?? 1));
      } else if (name === 'fld') isDate = /^datetime/.test(attributes['type'] ?? '');
      else if (name === 't') isText = true;
      else if (name === 'br' && paragraph !== undefined) paragraph += '\n';
    },
    text(data) {
      if (isText && !isDate && paragraph !== undefined)
        paragraph += isRaised ? raised(data, paragraph.slice(-4)) : data;
    },
    close(name) {
      const [table] = tables.slice(-1);
      if (name === 't') isText = false;
      else if (name === 'fld') isDate = false;
      else if (name === 'p') {
        endParagraph(paragraph ?? '');
        paragraph = undefined;
      } else if (name === 'tc' && table) {
        const row = table.rows.at(-1);
        const above = isGoingOn && table.cell.length === 0 ? table.rows.at(-2)?.[row?.length ?? 0] : undefined;
        row?.push(above ?? table.cell.join(' '));
        table.cell = [];
      } else if (name === 'tbl') {
        const done = tables.pop();
        const filled = (done?.rows ?? []).filter((row) => row.some((text) => text !== ''));
        const [header = [], ...rows] = withJoinedNames(filled, done?.groups ?? []);
        if (header.length > 0 && !only) blocks.push(tableToMarkdown(header, rows));
      } else if (name === 'sp' || name === 'graphicFrame' || name === 'cxnSp') {
        const shape = shapes.pop();
        if (shape) end(shape);
      }
    },
  };
  readXml(pieces, withoutFallback(handler));
  return { title, blocks };
}

function startCell(table: Table | undefined, columns: number): void {
  const column = table?.rows.at(-1)?.length ?? 0;
  if (table?.rows.length === 1 && columns > 1) table.groups.push({ column, lastColumn: column + columns - 1 });
}
