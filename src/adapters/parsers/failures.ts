import { AppError } from '#core/errors.ts';

/** The file is of a kind that can be read, but this one is broken, locked or without text. */
export const unreadable = (message: string, cause?: unknown): AppError =>
  new AppError('BAD_USER_INPUT', message, { cause });

/** For a kind of file that is not supported. */
export const unsupported = (message: string): AppError => new AppError('UNSUPPORTED_MEDIA_TYPE', message);

export const tooMuch = (message: string): AppError => new AppError('PAYLOAD_TOO_LARGE', message);

/** Numbers as the messages show them. */
export const count = (value: number): string => value.toLocaleString('en-US');

export const tooManyCharacters = (limit: number): AppError =>
  tooMuch(`The file has more than ${count(limit)} characters, which is too much to read; split it into smaller files`);

/** Converts a library's error about a file. `what` is the whole sentence for the user. */
export function libraryFailure(error: unknown, what: string): AppError {
  if (error instanceof AppError) return error;
  // A stack that ran out: the file nests its parts in each other without end.
  if (error instanceof RangeError && /call stack/.test(error.message))
    return tooMuch('The file nests its parts too deeply to be read; save it again from the program that made it');
  if (error instanceof RangeError && /allocation|Invalid string length|Invalid typed array length/.test(error.message))
    return tooMuch('The file is too much to read; split it into smaller files');
  return unreadable(what, error);
}
