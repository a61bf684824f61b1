import { AppError } from '../errors.ts';

/**
 * A place in a generation's log: `epoch-position`. Positions below STORED_TEXT belong to the event log. Positions from there on
 * say how much of the stored text a reader holds; from STORED_END on, the events after the text. So cursors rise, whichever
 * of the two serves the reader.
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
