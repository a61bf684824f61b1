/** Work in proportion to its input takes four times as much of four times the input; the square of it sixteen times as much. */
const MOST = 9;
/** Microseconds of CPU: below, what else the process does is most of what is measured. */
const NOISE = 4_000;
/** Microseconds of CPU after which larger inputs are not tried. */
const ENOUGH = 1_000_000;
const ROUNDS = 3;
/** Units of the smaller input. Larger ones than the ordinary are used only if its ratio is bad. */
const ORDINARY = 3_000;
const SIZES = [400, ORDINARY, 4 * ORDINARY, 16 * ORDINARY];

/**
 * True if the work grows faster than its input: its CPU time at 4n over that at n, each the minimum of several rounds. It starts
 * small, so that cubic work shows before it takes minutes. Garbage collection and the compiler distort small inputs at
 * times, so larger ones follow; quadratic work shows at each size. No time is compared with a limit.
 */
export async function growsFasterThanInput(work: (n: number) => unknown): Promise<boolean> {
  for (const n of SIZES) {
    const { ratio, most } = await ratioAt(n, work);
    if (ratio >= MOST && most > ENOUGH) return true;
    if (ratio < MOST && n >= ORDINARY) return false;
  }
  return true;
}

async function ratioAt(n: number, work: (n: number) => unknown): Promise<{ ratio: number; most: number }> {
  let [few, many] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round += 1) {
    many = Math.min(many, await cpuOf(() => work(4 * n)));
    if (many < NOISE) return { ratio: 1, most: many };
    few = Math.min(few, await cpuOf(() => work(n)));
    if (many < MOST * few || many > ENOUGH) break;
  }
  return { ratio: many / few, most: many };
}

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}
