import { AppError } from '../errors.ts';

/**
 * A place in a generation's log: `epoch-position`. Positions below STORED_TEXT are those of the event log; from there on
 * they say how much of the stored text a reader holds; from STORED_END on, what came after the text. So they rise whichever
 * of the two a reader is served from.
 */
export interface Cursor {
  readonly epoch: number;
  readonly position: number;
}
export const STORED_TEXT = 2 ** 40;
export const STORED_END = 2 ** 41;

export const formatCursor = (epoch: number, position: number): string => `${epoch}-${position}`;

const FORM = /^(\d{1,9})-(\d{1,15})$/;
export function parseCursor(cursor: string | null): Cursor | null {
  if (cursor === null) return null;
  const match = FORM.exec(cursor);
  if (!match)
    throw new AppError('BAD_USER_INPUT', 'after is no cursor of a generation: pass back one that an event carried');
  return { epoch: Number(match[1]), position: Number(match[2]) };
}
