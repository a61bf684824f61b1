import { type Node, Parser } from 'web-tree-sitter';
import type { PassageDraft } from '#core/ports/store.ts';
import { betweenCharacters } from '#core/text/characters.ts';
import { grammarOf, type LanguageName } from './languages.ts';

/** UTF-16 code units that a passage has at most: a function that fits is never cut. */
const LIMIT = 1_000;
/** A passage of this length is closed where another class or function begins. */
const ENOUGH = 250;
/** UTF-16 code units that are parsed at once, which bounds the memory that their tree takes. */
const PART = 2_000_000;
/** A part may be so long where a single statement goes all through it: a namespace, or a function that has all others in it. */
const LONGEST_PART = 6_000_000;
/** Code that people write has shorter lines on the average; data has longer ones. */
const LINE = 150;
/** The place before a top-level statement: a blank line, or the bracket that ends the statement before. */
const TOP_LEVEL = /\n(?:[ \t]*|[}\])]+[;,]?)\r?\n(?=[\p{L}_@#/"'])/gu;
/** Length of a part's end that is searched for such a place. */
const NEAR_END = 100_000;
/** Milliseconds that the parser may take for a part. */
const PATIENCE = 5_000;
/** Nested more deeply, it is cut by lines. */
const DEEPEST = 200;

/** A piece that stays whole, with its enclosing declarations. */
interface Unit {
  readonly start: number;
  readonly end: number;
  readonly heading: string | null;
}

/**
 * Source code by its syntax tree: functions, methods and types whole where they fit, with their comments and decorators; a class
 * that does not is cut between its members, a function between its statements. What has no grammar is cut at blank lines.
 * Every character but white space is in one passage.
 */
export async function splitCode(text: string, language: LanguageName | undefined): Promise<PassageDraft[]> {
  const units: Unit[] = [];
  let startsWhole = true;
  for (let from = 0; from < text.length; ) {
    const { to, isWhole } = partFrom(text, from);
    const part = from === 0 && to === text.length ? text : text.slice(from, to);
    // Text without statements to cut at is data.
    const parsed = language && startsWhole && isWhole ? await unitsOf(part, language) : null;
    if (parsed) for (const unit of parsed) units.push({ ...unit, start: unit.start + from, end: unit.end + from });
    else units.push(...linesAsUnits(text, from, to, null));
    startsWhole = isWhole;
    from = to;
  }
  return packed(text, units);
}

/** The end of the part that begins at `from`: between top-level statements; without any, between lines or characters. */
function partFrom(text: string, from: number): { readonly to: number; readonly isWhole: boolean } {
  const most = from + PART;
  if (most >= text.length) return { to: text.length, isWhole: true };
  const start = most - NEAR_END;
  const place = [...text.slice(start, most).matchAll(TOP_LEVEL)].at(-1);
  if (place) return { to: start + place.index + place[0].length, isWhole: true };
  const rest = text.slice(most, from + LONGEST_PART);
  const later = rest.matchAll(TOP_LEVEL).next().value;
  const end = later ? most + later.index + later[0].length : most + rest.length;
  if ((later || end === text.length) && isWritten(text, from, end)) return { to: end, isWhole: true };
  const line = text.lastIndexOf('\n', most);
  return { to: line > start ? line + 1 : betweenCharacters(text, most), isWhole: false };
}

function isWritten(text: string, from: number, to: number): boolean {
  let lines = 1;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return to - from < LINE * lines;
}

async function unitsOf(text: string, language: LanguageName): Promise<Unit[] | null> {
  const grammar = await grammarOf(language);
  const parser = new Parser();
  try {
    parser.setLanguage(grammar);
    const until = performance.now() + PATIENCE;
    // Its types say otherwise, but true ends the parsing: https://tree-sitter.github.io/tree-sitter/using-parsers
    const progressCallback = (() => performance.now() > until) as unknown as () => void;
    const tree = parser.parse(text, null, { progressCallback });
    if (!tree) return null;
    try {
      const units: Unit[] = [];
      collect(text, tree.rootNode, [], units, 0);
      return units;
    } finally {
      tree.delete();
    }
  } finally {
    parser.delete();
  }
}

/** Nodes before a declaration that belong to it. */
const BELONGS_TO_NEXT = /comment|attribute_item|decorator|annotation/;

function collect(text: string, node: Node, path: readonly string[], units: Unit[], depth: number): void {
  const heading = path.join(' > ') || null;
  /** Start of the comments before the next declaration. */
  let before: number | null = null;
  let last = node.startIndex;
  for (const child of node.namedChildren) {
    if (!child) continue;
    if (before !== null && isApart(text, last, child.startIndex)) {
      units.push(...linesAsUnits(text, before, last, heading));
      before = null;
    }
    last = child.endIndex;
    if (BELONGS_TO_NEXT.test(child.type) && depth < DEEPEST) {
      before ??= child.startIndex;
      continue;
    }
    const fits = child.endIndex - child.startIndex <= LIMIT;
    const body = fits || depth >= DEEPEST ? null : bodyOf(child);
    const head = body?.node.startIndex ?? child.endIndex;
    const start = before !== null && head - before <= LIMIT ? before : child.startIndex;
    if (before !== null && start !== before) units.push(...linesAsUnits(text, before, child.startIndex, heading));
    before = null;
    const own = nameOf(child);
    // An export and what it exports have one name.
    const inside = own === null || own === path.at(-1) ? path : [...path, own];
    if (fits) units.push({ start, end: child.endIndex, heading: inside.join(' > ') || null });
    else if (body && head - start <= LIMIT) {
      const within = [...path, ...body.names];
      // All that a function says of itself stands together, before its statements.
      units.push({ start, end: head, heading: within.join(' > ') || null });
      collect(text, body.node, within, units, depth + 1);
    } else if (child.namedChildCount > 0 && depth < DEEPEST) collect(text, child, inside, units, depth + 1);
    else units.push(...linesAsUnits(text, start, child.endIndex, inside.join(' > ') || null));
  }
  if (before !== null) units.push(...linesAsUnits(text, before, node.endIndex, heading));
}

/** True if a blank line is between: a comment before it does not belong to the code after it. */
const isApart = (text: string, end: number, start: number): boolean =>
  start - end < LIMIT && /\n[ \t]*\r?\n/.test(text.slice(end, start));

const NAMED =
  /class|interface|struct|enum|trait|impl|namespace|module|function|method|constructor|type_alias|type_declaration/;

/** Nodes whose last child is no more important than the others. */
const SEVERAL = /^(?:object|array|dictionary|list|literal_value|initializer_list|array_initializer)$/;

/** The body that ends a statement, such as that of an exported function or of the last function argument, with its names. */
function bodyOf(statement: Node): { readonly node: Node; readonly names: readonly string[] } | null {
  const names: string[] = [];
  let node: Node | null = statement;
  for (let depth = 0; node && depth < 8 && !SEVERAL.test(node.type); depth += 1) {
    const own = nameOf(node);
    if (own !== null && own !== names.at(-1)) names.push(own);
    const last: Node | null = node.lastNamedChild;
    const body = node.childForFieldName('body');
    if (body) return body.id === last?.id ? { node: body, names } : null;
    // A statement that fits is not cut.
    node = last && last.endIndex - last.startIndex > LIMIT ? last : null;
  }
  return null;
}

/** The name of a declaration, for its heading. */
function nameOf(node: Node): string | null {
  const declared =
    node.type === 'export_statement' || node.type === 'decorated_definition' ? node.namedChildren.at(-1) : node;
  const isNamed = declared && (NAMED.test(declared.type) || HOLDS_FUNCTION.test(holdsWhat(declared)));
  if (!declared || !isNamed) return null;
  const name =
    (declared.childForFieldName('name') ?? declared.childForFieldName('type'))?.text ?? nameInDeclarator(declared);
  return name === undefined ? null : name.replace(/\s+/g, ' ').slice(0, 80);
}

/** `const name = () => …` names a function too. */
const HOLDS_FUNCTION = /function|lambda|closure|class/;
const holdsWhat = (node: Node): string =>
  node.type === 'variable_declarator' ? (node.childForFieldName('value')?.type ?? '') : '';

/** In C the name is within the declarator. */
function nameInDeclarator(node: Node): string | undefined {
  let declarator = node.childForFieldName('declarator');
  for (let depth = 0; declarator && depth < 8; depth += 1) {
    const inner = declarator.childForFieldName('declarator');
    if (!inner) return declarator.text;
    declarator = inner;
  }
  return undefined;
}

/** Groups of lines between blank ones; a longer group by its lines, a longer line by its characters. */
function linesAsUnits(text: string, start: number, end: number, heading: string | null): Unit[] {
  const units: Unit[] = [];
  for (let from = start; from < end; ) {
    let to = Math.min(end, from + LIMIT);
    if (to < end) {
      const piece = text.slice(from, to);
      const blank = piece.lastIndexOf('\n\n');
      const line = piece.lastIndexOf('\n');
      if (blank > LIMIT / 4) to = from + blank + 1;
      else if (line > 0) to = from + line + 1;
      else to = betweenCharacters(text, to);
    }
    units.push({ start: from, end: to, heading });
    from = to;
  }
  return units;
}

/**
 * Neighbours that fit together make one passage. A passage reaches to the beginning of the next, so that what lies between units,
 * such as closing brackets, is in it.
 */
function packed(text: string, units: readonly Unit[]): PassageDraft[] {
  const starts: { start: number; heading: string | null }[] = [];
  let end = 0;
  for (const unit of units) {
    const current = starts.at(-1);
    const fits = current && unit.end - current.start <= LIMIT;
    const elsewhere = current && current.heading !== unit.heading && end - current.start >= ENOUGH;
    if (!fits || elsewhere) starts.push({ start: starts.length === 0 ? 0 : unit.start, heading: unit.heading });
    end = unit.end;
  }
  if (starts.length === 0 && text.trim() !== '') starts.push({ start: 0, heading: null });
  return starts.flatMap(({ start, heading }, place) =>
    draftOf(text, start, starts[place + 1]?.start ?? text.length, heading),
  );
}

function draftOf(text: string, from: number, to: number, heading: string | null): PassageDraft[] {
  const piece = text.slice(from, to);
  // Indentation before the first line belongs to it.
  const blank = /^(?:[ \t]*\r?\n)*/.exec(piece)?.[0].length ?? 0;
  const start = from + blank;
  const end = from + piece.trimEnd().length;
  return start < end ? [{ start, end, text: text.slice(start, end), heading }] : [];
}
