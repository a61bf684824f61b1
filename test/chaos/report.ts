/** The verdict of a run: a row a fault, and what was violated. */
import { INVARIANTS } from './checker/index.ts';
import { held, readingOf, terminalsOf, type Wait } from './checker/reading.ts';
import { numbersIn } from './history/words.ts';
import type { Phase } from './phase.ts';

export interface Row {
  readonly name: string;
  readonly rounds: number;
  readonly phase: Phase;
}

const STATES = ['COMPLETE', 'INTERRUPTED', 'CANCELLED', 'FAILED'];
const HEAD = [
  ...['fault', 'rounds', 'readers', 'tokens', 'lost', 'doubled', 'resume p50', 'p95', 'most', 'next event p95', 'most'],
  ...[...STATES, 'taken over'].map((state) => state.toLowerCase()),
  ...Object.keys(INVARIANTS),
];

const at = (values: readonly number[], share: number): string => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? '-' : `${value} ms`;
};

function cells({ name, rounds, phase: { history, violations } }: Row): string[] {
  const { readers, state } = readingOf(history);
  const messages = new Map(state.messages.map(({ id, content }) => [id, content]));
  const generations = new Map(state.generations.map((generation) => [generation.id, generation]));
  let [tokens, lost, doubled] = [0, 0, 0];
  for (const { events, generationId } of readers) {
    const seen = events.map(({ event }) => event);
    const numbers = numbersIn(held(seen).text);
    tokens += numbers.length;
    doubled += numbers.length - new Set(numbers).size;
    if (terminalsOf(seen).length === 0) continue;
    const stored = numbersIn(messages.get(generations.get(generationId)?.messageId ?? '') ?? '');
    lost += stored.filter((number) => !numbers.includes(number)).length;
  }
  const length = ({ from, to }: Wait) => to - from;
  const resumes = readers.flatMap((reader) => reader.resumes.map(length));
  const nexts = readers.flatMap((reader) => reader.nexts.map(length));
  const figures = [rounds, readers.length, tokens, lost, doubled].map(String);
  const ends = STATES.map((status) => String(state.generations.filter((one) => one.status === status).length));
  const takenOver = String(state.generations.filter(({ epoch }) => epoch > 1).length);
  const verdicts = Object.keys(INVARIANTS).map((invariant) => {
    const found = violations.filter((violation) => violation.invariant === invariant).length;
    return found === 0 ? 'holds' : `FAILS ${found}`;
  });
  const times = [at(resumes, 0.5), at(resumes, 0.95), at(resumes, 1), at(nexts, 0.95), at(nexts, 1)];
  return [name, ...figures, ...times, ...ends, takenOver, ...verdicts];
}

export function printRow(row: Row): void {
  console.log(`\n${row.name}`);
  for (const [index, cell] of cells(row).entries()) if (index > 0) console.log(`  ${HEAD[index]?.padEnd(15)} ${cell}`);
  const violations = row.phase.violations;
  for (const { invariant, what } of violations.slice(0, 20)) console.log(`  ${invariant}: ${what}`);
  if (violations.length > 20) console.log(`  and ${violations.length - 20} more`);
}

/** Prints the table; true where everything holds. */
export function printVerdict(rows: readonly Row[]): boolean {
  const table = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  console.log();
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const violations = rows.flatMap(({ phase }) => phase.violations).length;
  console.log(violations === 0 ? '\nEverything holds.' : `\n${violations} violations.`);
  return violations === 0;
}
