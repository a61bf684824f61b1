const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `30m`, `12h`, `7d`, `4w` before now, or an ISO 8601 date. Throws an Error that names the forms. */
export function sinceOf(given: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(given) ?? [];
  const date = count === undefined ? dateOf(given) : new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  if (!date || !(date >= EARLIEST && date <= now))
    throw new Error(
      `--since ${given}: must be 30m, 12h, 7d, 4w, or a date in the past, from 1970 on, such as 2026-11-01`,
    );
  return date;
}

const EARLIEST = new Date(0);

/** Null for what is no date. `new Date` takes 2026-02-30 for a day in March. */
function dateOf(given: string): Date | null {
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})(?:T|$)/.exec(given) ?? [];
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day) ? new Date(given) : null;
}
