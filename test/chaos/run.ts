/**
 * npm run chaos -- 3: three replicas behind nginx, on a PostgreSQL and a Redis of their own, under faults, so many rounds of each. Clients
 * chat over WebSocket and SSE, and come again where a connection breaks. Each fault's history is written as JSON lines and checked
 * against I1 to I8 (checker/). Prints a verdict; ends with 1 where something is violated.
 *
 * --only kill,restart: these faults alone (faults/index.ts has their names).   --lease 2000: GENERATION_LEASE in milliseconds.
 * --chats 9: turns at once.   --history FOLDER: where the histories go.
 * --plant loss: the clients lose a token; the run must fail. Other plants: checker/plants.ts.
 */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PLANTS } from './checker/plants.ts';
import { FAULTS } from './faults/index.ts';
import { runPhase } from './phase.ts';
import { printRow, printVerdict, type Row } from './report.ts';
import { isPossible, startScene } from './scene/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    lease: { type: 'string', default: '2000' },
    chats: { type: 'string', default: '9' },
    history: { type: 'string', default: 'node_modules/.cache/chaos' },
    plant: { type: 'string' },
  },
});
const rounds = Number(positionals[0] ?? 3);
const names = values.only?.split(',') ?? Object.keys(FAULTS);
const wrong = names.filter((name) => !(name in FAULTS));
if (!Number.isInteger(rounds) || rounds < 1 || wrong.length > 0 || (values.plant && !(values.plant in PLANTS))) {
  console.error(
    `usage: npm run chaos -- ROUNDS [--only ${Object.keys(FAULTS).join(',')}] [--lease MILLISECONDS] [--chats N] [--history FOLDER] [--plant ${Object.keys(PLANTS).join('|')}]`,
  );
  process.exit(2);
}
if (!isPossible) {
  console.error('install nginx, redis-server and postgresql: scripts/services/services install nginx redis postgres');
  process.exit(2);
}

// What it started ends with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
mkdirSync(values.history, { recursive: true });
const scene = await startScene({ leaseMs: Number(values.lease), delayMs: 20, logs: values.history });
const rows: Row[] = [];
let holds = false;
try {
  for (const name of names) {
    const fault = FAULTS[name];
    if (!fault) continue;
    console.log(`${name}: ${fault.what}, ${rounds} times`);
    const options = { name, fault, rounds, atOnce: Number(values.chats), folder: values.history, plant: values.plant };
    const row = { name, rounds, phase: await runPhase(scene, options) };
    printRow(row);
    rows.push(row);
  }
  holds = printVerdict(rows);
} finally {
  await scene.close();
}
process.exit(holds ? 0 : 1);
