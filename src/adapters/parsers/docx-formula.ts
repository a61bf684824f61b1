/** A formula of a word processor (Office MathML, ECMA-376 part 1, 22.1) in one line, as it would be typed: (a+b)/2, x^2, √(y). */
export interface FormulaNode {
  readonly name: string;
  readonly value: string | undefined;
  text: string;
  readonly children: FormulaNode[];
}

export function formulaText(node: FormulaNode): string {
  const { name, children, text } = node;
  const part = (wanted: string): string => {
    const found = children.find((child) => child.name === wanted);
    return found ? formulaText(found) : '';
  };
  const property = (wanted: string): string | undefined =>
    children.find((child) => child.name.endsWith('Pr'))?.children.find((child) => child.name === wanted)?.value;
  const all = () => children.map((child) => formulaText(child)).join('');
  const raised = (sign: string, wanted: string) => (part(wanted) === '' ? '' : sign + grouped(part(wanted)));

  switch (name) {
    case 'm:t':
      return text;
    case 'm:f':
      return `${grouped(part('m:num'))}/${grouped(part('m:den'))}`;
    case 'm:sSup':
    case 'm:sSub':
    case 'm:sSubSup':
      return `${part('m:e')}${raised('_', 'm:sub')}${raised('^', 'm:sup')}`;
    case 'm:rad':
      return `${part('m:deg')}√${bracketed(part('m:e'))}`;
    case 'm:nary':
      return `${property('m:chr') ?? '∫'}${raised('_', 'm:sub')}${raised('^', 'm:sup')} ${part('m:e')}`;
    case 'm:d': {
      const parts = children.filter((child) => child.name === 'm:e').map((child) => formulaText(child));
      return `${property('m:begChr') ?? '('}${parts.join(property('m:sepChr') ?? '|')}${property('m:endChr') ?? ')'}`;
    }
    case 'm:limLow':
      return `${part('m:e')}${raised('_', 'm:lim')}`;
    case 'm:limUpp':
      return `${part('m:e')}${raised('^', 'm:lim')}`;
    case 'm:func':
      return `${part('m:fName')} ${part('m:e')}`;
    case 'm:m':
      return `[${children
        .filter((child) => child.name === 'm:mr')
        .map((row) => row.children.map((cell) => formulaText(cell)).join(', '))
        .join('; ')}]`;
    default:
      return name.endsWith('Pr') ? '' : all();
  }
}

const bracketed = (text: string): string => `(${text})`;
/** A single part needs no brackets. */
const grouped = (text: string): string => (/^[\p{L}\p{N}.]*$/u.test(text) ? text : bracketed(text));
