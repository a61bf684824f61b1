import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that a variable of the environment names; ends the process with a sentence where there is none. */
export function folderOf(variable: string, holds: string): string {
  const folder = process.env[variable];
  if (folder && existsSync(folder)) return folder;
  console.error(`set ${variable} to a folder with ${holds}`);
  process.exit(1);
}

/** The lines of a JSONL file; [] where there is none. */
export function jsonLines<T>(folder: string, path: string): T[] {
  const file = join(folder, path);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** For a set without train.jsonl: the lines for training (0, 2, 4 …) and the lines for scoring (1, 3, 5 …). */
export const learned = <T>(lines: readonly T[]): T[] => lines.filter((_, line) => line % 2 === 0);
export const scored = <T>(lines: readonly T[]): T[] => lines.filter((_, line) => line % 2 === 1);
