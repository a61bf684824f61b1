import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

/** The grammars that come along: the package and its file, and the endings and media types that ask for it. */
const GRAMMARS = {
  typescript: {
    file: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
    endings: 'ts mts cts',
    types: 'typescript',
  },
  tsx: { file: 'tree-sitter-typescript/tree-sitter-tsx.wasm', endings: 'tsx', types: 'tsx' },
  javascript: {
    file: 'tree-sitter-javascript/tree-sitter-javascript.wasm',
    endings: 'js mjs cjs jsx',
    types: 'javascript',
  },
  python: { file: 'tree-sitter-python/tree-sitter-python.wasm', endings: 'py pyi', types: 'python' },
  go: { file: 'tree-sitter-go/tree-sitter-go.wasm', endings: 'go', types: 'go' },
  java: { file: 'tree-sitter-java/tree-sitter-java.wasm', endings: 'java', types: 'java' },
  rust: { file: 'tree-sitter-rust/tree-sitter-rust.wasm', endings: 'rs', types: 'rust' },
  c: { file: 'tree-sitter-c/tree-sitter-c.wasm', endings: 'c', types: 'c' },
  // C's headers too: what is C is nearly always C++.
  cpp: { file: 'tree-sitter-cpp/tree-sitter-cpp.wasm', endings: 'cpp cc cxx hpp hh hxx h', types: 'c++' },
} as const satisfies Record<string, { file: string; endings: string; types: string }>;
export type LanguageName = keyof typeof GRAMMARS;

/** What languages without a grammar end in: source code all the same. */
const OTHER_ENDINGS =
  /\.(?:cs|kts?|swift|scala|rb|php|pl|lua|r|jl|dart|exs?|erl|hs|clj|sh|bash|sql|css|scss|vue|svelte|zig|nim|ml|fs|vb|asm|proto|graphql|tf)$/i;

const names = Object.keys(GRAMMARS) as LanguageName[];

/** By the file's ending, else by the media type; undefined where neither names a grammar. */
export function languageOf(title: string, mediaType: string): LanguageName | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(title.trim())?.[1]?.toLowerCase();
  const type = /^(?:text|application)\/(?:x-)?([a-z0-9+]+?)(?:src)?$/i.exec(mediaType)?.[1]?.toLowerCase();
  return (
    names.find((name) => ending !== undefined && GRAMMARS[name].endings.split(' ').includes(ending)) ??
    names.find((name) => GRAMMARS[name].types === type)
  );
}

/** Whether title or media type say that it is source code, with a grammar or without. */
export const isSource = (title: string, mediaType: string): boolean =>
  languageOf(title, mediaType) !== undefined ||
  OTHER_ENDINGS.test(title.trim()) ||
  (/^text\/x-[a-z+]+$/i.test(mediaType) && !/^text\/x-(?:markdown|tex|rst|log)$/i.test(mediaType));

let initialised: Promise<void> | undefined;
const loaded = new Map<LanguageName, Promise<Language>>();

/** Loaded on first use; a few milliseconds and 1 to 4 MB each. */
export async function grammarOf(name: LanguageName): Promise<Language> {
  initialised ??= Parser.init();
  await initialised;
  const known = loaded.get(name) ?? Language.load(createRequire(import.meta.url).resolve(GRAMMARS[name].file));
  loaded.set(name, known);
  return known;
}
