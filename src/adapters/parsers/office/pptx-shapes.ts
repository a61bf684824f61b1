import { raised } from '../html-text.ts';
import { tableToMarkdown } from '../markdown-table.ts';
import { type SlideParagraph, slideText } from './pptx-bullets.ts';
import { readXml } from './xml-events.ts';

interface Shape {
  /** The placeholder's type: title, body, ftr; empty for other shapes. */
  kind: string;
  readonly paragraphs: SlideParagraph[];
}
interface Table {
  readonly rows: string[][];
  cell: string[];
}

/** Placeholders that say the same on each slide, or only number it. */
const NUMBER = /^(?:sldNum|dt)$/;
const ONCE = /^(?:ftr|hdr)$/;
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

  readXml(pieces, {
    open(name, attributes) {
      if (name === 'sp' || name === 'graphicFrame' || name === 'cxnSp') shapes.push({ kind: '', paragraphs: [] });
      else if (name === 'ph') {
        const [shape] = shapes.slice(-1);
        if (shape) shape.kind = attributes['type'] ?? 'obj';
      } else if (name === 'tbl') tables.push({ rows: [], cell: [] });
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
      else if (name === 'tc') isGoingOn = /^(?:1|true)$/.test(attributes['vMerge'] ?? '');
      else if (name === 't') isText = true;
      else if (name === 'br' && paragraph !== undefined) paragraph += '\n';
    },
    text(data) {
      if (isText && paragraph !== undefined) paragraph += isRaised ? raised(data, paragraph.slice(-4)) : data;
    },
    close(name) {
      const [table] = tables.slice(-1);
      if (name === 't') isText = false;
      else if (name === 'p') {
        endParagraph(paragraph ?? '');
        paragraph = undefined;
      } else if (name === 'tc' && table) {
        const row = table.rows.at(-1);
        const above = isGoingOn && table.cell.length === 0 ? table.rows.at(-2)?.[row?.length ?? 0] : undefined;
        row?.push(above ?? table.cell.join(' '));
        table.cell = [];
      } else if (name === 'tbl') {
        const [header = [], ...rows] = (tables.pop()?.rows ?? []).filter((row) => row.some((text) => text !== ''));
        if (header.length > 0 && !only) blocks.push(tableToMarkdown(header, rows));
      } else if (name === 'sp' || name === 'graphicFrame' || name === 'cxnSp') {
        const shape = shapes.pop();
        if (shape) end(shape);
      }
    },
  });
  return { title, blocks };
}
