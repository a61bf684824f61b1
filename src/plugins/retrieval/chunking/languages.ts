import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { Language, Parser } from 'web-tree-sitter';

/** The bundled grammars (scripts/bundle.ts), and the endings and media types that ask for each. */
const GRAMMARS = {
  typescript: { endings: 'ts mts cts', types: 'typescript' },
  tsx: { endings: 'tsx', types: 'tsx' },
  javascript: { endings: 'js mjs cjs jsx', types: 'javascript' },
  python: { endings: 'py pyi', types: 'python' },
  go: { endings: 'go', types: 'go' },
  java: { endings: 'java', types: 'java' },
  rust: { endings: 'rs', types: 'rust' },
  c: { endings: 'c', types: 'c' },
  // C's headers too: what is C is nearly always C++.
  cpp: { endings: 'cpp cc cxx hpp hh hxx h', types: 'c++' },
} as const satisfies Record<string, { endings: string; types: string }>;
export type LanguageName = keyof typeof GRAMMARS;

/** File extensions of source code without a grammar. */
const OTHER_ENDINGS =
  /\.(?:cs|kts?|swift|scala|rb|php|pl|lua|r|jl|dart|exs?|erl|hs|clj|sh|bash|sql|css|scss|vue|svelte|zig|nim|ml|fs|vb|asm|proto|graphql|tf)$/i;

const names = Object.keys(GRAMMARS) as LanguageName[];

/** By file extension, then by media type. Undefined if neither names a grammar. */
export function languageOf(title: string, mediaType: string): LanguageName | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(title.trim())?.[1]?.toLowerCase();
  const type = /^(?:text|application)\/(?:x-)?([a-z0-9+]+?)(?:src)?$/i.exec(mediaType)?.[1]?.toLowerCase();
  return (
    names.find((name) => ending !== undefined && GRAMMARS[name].endings.split(' ').includes(ending)) ??
    names.find((name) => GRAMMARS[name].types === type)
  );
}

/** True if title or media type name source code, with a grammar or without. */
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
  const file = new URL(`./grammars/${name}.wasm.zst`, import.meta.url);
  const known = loaded.get(name) ?? Language.load(zstdDecompressSync(readFileSync(file)));
  loaded.set(name, known);
  return known;
}
