import { AppError } from '../errors.ts';
import { storable } from '../text/characters.ts';

const bad = (message: string) => new AppError('BAD_USER_INPUT', message);

/** Text that a store can hold, of 1 to `limit` UTF-16 code units that are not all blank. */
export function checkText(name: string, value: string, limit: number, setting?: string): string {
  if (value.trim() === '') throw bad(`${name} is empty`);
  if (value.length > limit)
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `${name} has ${value.length} characters; ${setting ? `${setting} is` : 'the limit is'} ${limit}`,
    );
  return storable(value);
}

/** A name or title on one line. */
export const checkTitle = (name: string, value: string): string =>
  checkText(name, value.trim(), 500).replace(/\s+/g, ' ');

export function checkOptional<T>(value: T | null, check: (value: T) => T): T | null {
  return value === null ? null : check(value);
}

export function checkMutationId(value: string | null): string | null {
  return checkOptional(value, (id) => checkText('clientMutationId', id, 200));
}

export function checkShare(name: string, value: number | null): number | null {
  if (value !== null && !(value >= 0 && value <= 1)) throw bad(`${name} must be from 0 to 1`);
  return value;
}

const TITLE_LENGTH = 60;
/** The beginning of the first message, cut between words where there are any, never in a character. */
export function titleOf(content: string): string {
  const line = content.trim().replace(/\s+/g, ' ');
  if (line.length <= TITLE_LENGTH) return line;
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line.slice(0, TITLE_LENGTH + 20));
  const cut = [...segments].findLast(({ index }) => index <= TITLE_LENGTH)?.index ?? TITLE_LENGTH;
  const space = line.lastIndexOf(' ', cut);
  return `${line.slice(0, space > TITLE_LENGTH / 2 ? space : cut)}…`;
}
