/** A value of another type than it says: for tests of what is checked at run time. */
export const wrong = <T>(value: unknown): T => value as T;
