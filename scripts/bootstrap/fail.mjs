/** Ends with what went wrong and what to do about it, on one line. */
export function fail(problem, remedy) {
  console.error(`Parley cannot start: ${problem}; ${remedy}.`);
  process.exit(1);
}

/** The first line of what a system call says. */
export const reasonOf = (error) => String(error.message).split('\n')[0];
