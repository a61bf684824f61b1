/**
 * npm run bundle: copies the parts of packages that Parley needs at run time, so that an installation to run it does without
 * the packages: the grammars of web-tree-sitter, which are a tenth of their packages, the character maps of PDF.js, OpenCC's
 * table of traditional characters, and the page's reader of Markdown. Run it after one of these packages has changed; test/packages.test.ts compares the files.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';

export interface BundledFile {
  readonly path: string;
  /** The source's address. */
  readonly source: string;
  readonly compressed: boolean;
}

const GRAMMARS = 'src/plugins/retrieval/chunking/grammars';
const ANALYSIS = 'src/plugins/retrieval/analysis';
const PAGE = 'src/server/page';
const CHARACTER_MAPS = 'src/adapters/parsers/character-maps';
/** Languages by the package that has their grammar. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'tree-sitter-c': ['c'],
  'tree-sitter-cpp': ['cpp'],
  'tree-sitter-go': ['go'],
  'tree-sitter-java': ['java'],
  'tree-sitter-javascript': ['javascript'],
  'tree-sitter-python': ['python'],
  'tree-sitter-rust': ['rust'],
  'tree-sitter-typescript': ['typescript', 'tsx'],
};

/** All of them, with their licenses. */
export function bundledFiles(): BundledFile[] {
  const grammars = Object.entries(PACKAGES).flatMap(([name, languages]) => [
    ...languages.map((language) => ({
      path: `${GRAMMARS}/${language}.wasm.zst`,
      source: `node_modules/${name}/tree-sitter-${language}.wasm`,
      compressed: true,
    })),
    { path: `${GRAMMARS}/LICENSE-${name}`, source: `node_modules/${name}/LICENSE`, compressed: false },
  ]);
  const maps = readdirSync('node_modules/pdfjs-dist/cmaps').map((file) => ({
    path: `${CHARACTER_MAPS}/${file}`,
    source: join('node_modules/pdfjs-dist/cmaps', file),
    compressed: false,
  }));
  const openCc = 'node_modules/opencc-js';
  const traditional = [
    {
      path: `${ANALYSIS}/traditional-characters.js`,
      source: `${openCc}/dist/esm-lib/dict/TSCharacters.js`,
      compressed: false,
    },
    { path: `${ANALYSIS}/LICENSE-opencc-js`, source: `${openCc}/LICENSES/Apache-2.0.txt`, compressed: false },
  ];
  const markdown = [
    { path: `${PAGE}/marked.js`, source: 'node_modules/marked/lib/marked.esm.js', compressed: false },
    { path: `${PAGE}/LICENSE-marked`, source: 'node_modules/marked/LICENSE', compressed: false },
  ];
  return [...grammars, ...maps, ...traditional, ...markdown];
}

if (import.meta.main) {
  const files = bundledFiles();
  for (const { path, source, compressed } of files) {
    const content = readFileSync(source);
    const best = { params: { [constants.ZSTD_c_compressionLevel]: 19 } };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, compressed ? zstdCompressSync(content, best) : content);
  }
  console.log(`${files.length} files bundled`);
}
