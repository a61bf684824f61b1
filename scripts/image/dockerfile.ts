/** The Dockerfile and .dockerignore as data. */
import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';

export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Stages in order, each beginning with its FROM. Continued lines are joined; an instruction begins with its name in capitals. */
export function stagesOf(dockerfile: string): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const line of dockerfile.replace(/\\\n\s*/g, ' ').split('\n')) {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, rest: rest.trim() });
  }
  return stages;
}

export const readStages = (): Instruction[][] => stagesOf(readFileSync('Dockerfile', 'utf8'));

/** The last one counts. */
export const restOf = (stage: readonly Instruction[], name: string): string =>
  stage.findLast((one) => one.name === name)?.rest ?? '';

/** `A=1 B=2` as an object. */
export const variablesOf = (words: string): Record<string, string> =>
  Object.fromEntries([...words.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));

/** Whether `COPY . .` takes a file: the last line of .dockerignore that matches it, or a folder that it is in, decides. */
export function copies(dockerignore: string): (file: string) => boolean {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return (file) => {
    const parts = file.split('/');
    const paths = parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
    const decides = lines.findLast((line) => paths.some((path) => matches(path, line.replace(/^!/, ''))));
    return decides === undefined || decides.startsWith('!');
  };
}

/** Docker's * takes names that begin with a dot too. */
const matches = (path: string, pattern: string): boolean =>
  matchesGlob(path, pattern) || (pattern === '*' && !path.includes('/'));

export const readCopies = (): ((file: string) => boolean) => copies(readFileSync('.dockerignore', 'utf8'));
