/**
 * npm run train:intent: makes src/plugins/intent/general.model, the classifiers of the plugin `intent`, from the phrases in
 * scripts/training/intent and the sets of the folder that EVALUATION_DATA names. The same data give the same bytes.
 * `--check` trains without writing and compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeModels } from '../src/plugins/intent/classifier/model-file.ts';
import { crossWoz } from './training/intent/sources.ts';
import { trainActs, trainContext, trainShift, trainTypes } from './training/intent/train-models.ts';

const TARGET = new URL('../src/plugins/intent/general.model', import.meta.url);
const folder = process.env['EVALUATION_DATA'];
if (!folder) {
  console.error('train:intent: set EVALUATION_DATA to a folder of evaluation sets');
  process.exit(1);
}
const started = performance.now();
const models = {
  types: trainTypes(folder),
  shift: trainShift(folder),
  context: trainContext(folder),
  acts: trainActs(crossWoz(folder, 'even')),
};
const bytes = encodeModels(models);
for (const [name, { rows }] of Object.entries(models)) console.log(`${name}: ${rows.size} features`);
console.log(`${bytes.length} bytes, ${Math.round((performance.now() - started) / 1000)} s`);
if (process.argv.includes('--check')) {
  const same = Buffer.from(bytes).equals(readFileSync(TARGET));
  console.log(same ? 'the same as the file' : 'other bytes than the file');
  process.exit(same ? 0 : 1);
}
writeFileSync(TARGET, bytes);
