/** The sources as the architecture test sees them: files, what they import, and how long their functions are. */
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Language, type Node, Parser } from 'web-tree-sitter';

export interface Import {
  readonly file: string;
  /** As written in the source. */
  readonly specifier: string;
  /** The imported file, seen from the repository's root; undefined for packages and Node's own. */
  readonly target: string | undefined;
  /** Gone at run time. */
  readonly isType: boolean;
}

const ALIASES: Readonly<Record<string, string>> = { '#core': 'src/core', '#config': 'config', '#schema': 'src/schema' };

/** The files of src, config and services, without tests and generated files. */
export const sourceFiles: readonly string[] = globSync(['src/**/*.ts', 'config/**/*.ts', 'services/**/*.ts'])
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.startsWith('src/generated/') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
  .sort();

export const textOf = (file: string): string => readFileSync(file, 'utf8');

const IMPORT = /^(?:import|export)\s+(type\s)?[^;]*?\bfrom\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm;

export const imports: readonly Import[] = sourceFiles.flatMap((file) =>
  [...textOf(file).matchAll(IMPORT)].map(([, type, from, dynamic, bare]) => {
    const specifier = from ?? dynamic ?? bare ?? '';
    return { file, specifier, target: targetOf(file, specifier), isType: type !== undefined };
  }),
);

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  const [alias = ''] = specifier.split('/');
  return ALIASES[alias] && specifier.replace(alias, ALIASES[alias]);
}

/** A package's name; undefined for Node's own modules and files. */
export function packageOf({ specifier, target }: Import): string | undefined {
  if (target !== undefined || specifier.startsWith('node:')) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Circles of imports, those of types too: each as its files, the first again at the end (R. Tarjan's components, by depth-first search). */
export function circles(): string[][] {
  const next = Map.groupBy(
    imports.filter(({ target }) => target !== undefined),
    ({ file }) => file,
  );
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const { target = '' } of next.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of sourceFiles) visit(file);
  return found;
}

const FUNCTIONS = new Set([
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'arrow_function',
  'function_expression',
  'generator_function',
]);

export interface FunctionLength {
  /** `file:line` */
  readonly place: string;
  /** Lines without those of the functions within it: a factory's methods are functions of their own. */
  readonly lines: number;
}

export async function functionLengths(): Promise<FunctionLength[]> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load('node_modules/tree-sitter-typescript/tree-sitter-typescript.wasm'));
  const found: FunctionLength[] = [];
  for (const file of sourceFiles) {
    /** Lines of the functions below a node that take more than one. */
    const visit = (node: Node): number =>
      node.children.reduce((sum, child) => {
        if (!child) return sum;
        const within = visit(child);
        if (!FUNCTIONS.has(child.type)) return sum + within;
        const all = child.endPosition.row - child.startPosition.row + 1;
        found.push({ place: `${file}:${child.startPosition.row + 1}`, lines: all - within });
        return sum + (all > 1 ? all : 0);
      }, 0);
    const tree = parser.parse(textOf(file));
    if (tree) visit(tree.rootNode);
  }
  return found;
}
