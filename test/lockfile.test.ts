import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { notices, packages, RECIPROCAL } from '../scripts/notices.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}
const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json'));
const locked = Object.entries(JSON.parse(read('package-lock.json')).packages as Record<string, Locked>).filter(
  ([path]) => path !== '',
);
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

test('every dependency is of one exact version', () => {
  const ranges = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies, manifest.overrides]
    .flatMap((group) => Object.entries(group as Record<string, string>))
    .filter(([, version]) => !/^(?:npm:[@\w/.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
  expect(ranges).toEqual([]);
});

test('every package comes from the registry, and its content is known by a hash of 512 bits', () => {
  const strange = locked.filter(
    ([, { integrity = '', resolved, link }]) =>
      link || !integrity.startsWith('sha512-') || (resolved && !resolved.startsWith('https://registry.npmjs.org/')),
  );
  expect(strange.map(([path]) => path)).toEqual([]);
});

test('a package with an install script is named in allowScripts: scripts of others never run unseen', () => {
  const scripted = new Set(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)));
  expect([...scripted].filter((name) => !(name in manifest.allowScripts))).toEqual([]);
});

/** Licences that go with Apache-2.0. Those that are reciprocal by file or by package are named apart in THIRD-PARTY.md. */
const PERMISSIVE =
  /^\(?(?:MIT|MIT-0|ISC|BSD|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|Zlib|AFL-2\.1|CC0-1\.0|CC-BY-[34]\.0|Python-2\.0)\)?$/;

test('every package has a licence that goes with Apache-2.0', () => {
  const others = packages().filter(
    ({ license }) =>
      !RECIPROCAL.test(license) && !license.split(/ (?:OR|AND|and) /).some((one) => PERMISSIVE.test(one)),
  );
  expect(others).toEqual([]);
});

test('THIRD-PARTY.md names each package whose source must be offered', () => {
  const text = read('THIRD-PARTY.md');
  const missing = packages().filter(
    ({ name, license }) => RECIPROCAL.test(license) && !text.includes(`| ${name} | ${license} |`),
  );
  expect(missing, 'run npm run notices').toEqual([]);
});

test('THIRD-PARTY.md is what the lockfile makes; where it is not: npm run notices', () => {
  expect(read('THIRD-PARTY.md') === notices(packages())).toBe(true);
});
