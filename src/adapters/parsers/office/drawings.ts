import { type Package, relationsOf } from './package.ts';
import { readXml, withoutFallback } from './xml-events.ts';

/** The texts of the diagrams and charts that a part refers to. */
export function drawnIn(parts: Package, part: string): string[] {
  return relationsOf(parts, part)
    .flatMap(({ type, target }) => {
      if (type === 'diagramData') return [textsIn(parts, target).join('\n')];
      return type === 'chart' ? [chartText(parts, target)] : [];
    })
    .filter((text) => text !== '');
}

/** The paragraphs of what is drawn. */
export function textsIn(parts: Package, part: string): string[] {
  const texts: string[] = [];
  let text = '';
  let isText = false;
  const handler = withoutFallback({
    open(name) {
      if (name === 'p') text = '';
      else if (name === 't') isText = true;
      else if (name === 'br') text += '\n';
    },
    text(data) {
      if (isText) text += data;
    },
    close(name) {
      if (name === 't') isText = false;
      else if (name === 'p' && text.trim() !== '') texts.push(text.trim());
    },
  });
  readXml(parts.pieces(part), handler);
  return texts;
}

/** The text of a chart: its title, and for each series the stored categories and values. */
function chartText(parts: Package, part: string): string {
  const series: { name: string[]; categories: string[]; values: string[] }[] = [];
  let into: 'name' | 'categories' | 'values' | undefined;
  let isValue = false;
  let value = '';
  const title = textsIn(parts, part);
  readXml(parts.pieces(part), {
    open(name) {
      if (name === 'ser') series.push({ name: [], categories: [], values: [] });
      else if (name === 'tx') into = 'name';
      else if (name === 'cat' || name === 'xVal') into = 'categories';
      else if (name === 'val' || name === 'yVal') into = 'values';
      else if (name === 'v') {
        isValue = true;
        value = '';
      }
    },
    text(data) {
      if (isValue) value += data;
    },
    close(name) {
      if (name === 'v') {
        isValue = false;
        if (into) series.at(-1)?.[into].push(value);
      } else if (/^(?:tx|cat|xVal|val|yVal)$/.test(name)) into = undefined;
    },
  });
  const lines = series.map(({ name, categories, values }) => {
    const points = values.map((number, place) => (categories[place] ? `${categories[place]} ${number}` : number));
    return `${name.join(' ')}${name.length > 0 && points.length > 0 ? ': ' : ''}${points.join(', ')}`;
  });
  return [...title, ...lines].filter(Boolean).join('\n');
}
